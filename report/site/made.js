// The page of how the report was made: times and machine, from a file that is no part of the report.
"use strict";

addEventListener("DOMContentLoaded", () => {
  if (typeof TIMES === "undefined") return;
  const short = (seconds) => {
    const [size, unit] = seconds < 90 ? [1, "s"] : seconds < 5400 ? [60, "min"] : [3600, "h"];
    return `${(seconds / size).toFixed(1)} ${unit}`;
  };
  const table = $("#rules"), total = TIMES.rules.reduce((sum, rule) => sum + rule.seconds, 0);
  for (const title of ["jobs", "time in all", "longest job", "most memory"]) {
    $("thead tr", table).lastElementChild.before(make("th", { scope: "col", className: "n", textContent: title }));
  }
  const times = new Map(TIMES.rules.map((rule) => [rule.rule, rule]));
  for (const row of $$("tbody tr", table)) {
    const rule = times.get(row.id.slice("rule-".length));
    const memory = rule && `${rule.peak_megabytes.toLocaleString("en")} MB`;
    const cells = rule ? [rule.jobs, short(rule.seconds), short(rule.longest), memory] : ["–", "–", "–", "–"];
    row.lastElementChild.before(...cells.map((textContent) => make("td", { className: "n", textContent })));
    const share = { max: total, value: rule?.seconds, ariaLabel: "share of the time of all jobs" };
    if (rule) row.cells[0].append(make("progress", share));
  }
  const machines = TIMES.machines.map(({ device_name, system, torch, threads }) =>
    `${device_name} (${system}, torch ${torch}, ${threads} thread${threads === 1 ? "" : "s"} each)`);
  $("#machine").prepend(`All jobs together took ${short(total)}, several at a time, on a machine of ${TIMES.processors} processors`
    + (machines.length ? `; trainings ran on ${machines.join(", and on ")}. ` : ". "));
});
