# Written by `make lock` with `snakemake --containerize`; do not edit. How to use it: docs/environments.md
FROM condaforge/miniforge3:25.3.1-0
LABEL io.github.snakemake.containerized="true"
LABEL io.github.snakemake.conda_env_hash="e8f4a6e5608db055e72fe02ad85d71ef68235a6ec23f716acafc30818d62b101"
# Conda environment:
#   source: workflow/envs/analysis.yaml
#   prefix: /conda-envs/0fddd31f294cb3fa660ebb73c4b8c719
#   # Written by `make lock` from pyproject.toml (analysis) and requirements.lock; do not edit.
#   channels:
#   - conda-forge
#   dependencies:
#   - python =3.11
#   - pip
#   - pip:
#     - cloudpickle==3.1.2
#     - contourpy==1.3.3
#     - cycler==0.12.1
#     - fonttools==4.68.0
#     - joblib==1.6.0
#     - kiwisolver==1.5.1
#     - matplotlib==3.11.2
#     - narwhals==2.28.0
#     - numpy==2.4.6
#     - packaging==25.0
#     - pandas==3.1.1
#     - pillow==13.0.0
#     - pyparsing==3.3.3
#     - python-dateutil==4.0.0
#     - scikit-learn==1.9.1
#     - scipy==1.17.1
#     - seaborn==0.13.2
#     - threadpoolctl==3.8.0
#     - tzdata==2026.6
RUN mkdir -p /conda-envs/0fddd31f294cb3fa660ebb73c4b8c719
COPY workflow/envs/analysis.yaml /conda-envs/0fddd31f294cb3fa660ebb73c4b8c719/environment.yaml
# Conda environment:
#   source: workflow/envs/compute.yaml
#   prefix: /conda-envs/84eee6f8e9d84855307bc91bef4c1cab
#   # Written by `make lock` from pyproject.toml (compute) and requirements.lock; do not edit.
#   channels:
#   - conda-forge
#   dependencies:
#   - python =3.11
#   - pip
#   - pip:
#     - captum==0.9.0
#     - certifi==2026.10.18
#     - charset-normalizer==3.5.2
#     - cloudpickle==3.1.2
#     - colorama==0.4.6 ; sys_platform == 'win32'
#     - contourpy==1.3.3
#     - cuda-bindings==13.5.0 ; python_full_version < '3.15' and sys_platform == 'linux'
#     - cuda-pathfinder==1.9.0 ; python_full_version < '3.15' and sys_platform == 'linux'
#     - cuda-toolkit==13.2.2 ; sys_platform == 'linux'
#     - cycler==0.12.1
#     - filelock==4.2.11
#     - fonttools==4.68.0
#     - fsspec==2026.9.0
#     - idna==3.20
#     - imageio==2.38.1
#     - jinja2==3.1.6
#     - joblib==1.6.0
#     - kiwisolver==1.5.1
#     - lazy-loader==0.6
#     - markupsafe==3.0.4
#     - matplotlib==3.11.2
#     - mpmath==1.3.0
#     - narwhals==2.28.0
#     - networkx==3.6.1
#     - numpy==2.4.6
#     - nvidia-cublas==13.4.1.3 ; sys_platform == 'linux'
#     - nvidia-cuda-cccl==13.3.5.0.6 ; sys_platform == 'linux'
#     - nvidia-cuda-cupti==13.2.86 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - nvidia-cuda-nvrtc==13.2.86 ; sys_platform == 'linux'
#     - nvidia-cuda-runtime==13.2.86 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - nvidia-cudnn-cu13==9.26.0.51 ; sys_platform == 'linux'
#     - nvidia-cufft==12.2.0.57 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - nvidia-cufile==1.17.1.22 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - nvidia-cusolver==12.2.0.11 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - nvidia-cusparse==12.7.10.12 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - nvidia-cusparselt-cu13==0.8.1 ; sys_platform == 'linux'
#     - nvidia-nccl-cu13==2.30.7 ; sys_platform == 'linux'
#     - nvidia-nvjitlink==13.5.37 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - nvidia-nvshmem-cu13==3.7.2 ; sys_platform == 'linux'
#     - nvidia-nvtx==13.2.86 ; (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')
#     - packaging==25.0
#     - pandas==3.1.1
#     - pillow==13.0.0
#     - platformdirs==4.14.5
#     - pooch==1.9.0
#     - pyparsing==3.3.3
#     - python-dateutil==4.0.0
#     - pyyaml==6.0.3
#     - requests==2.34.2
#     - safetensors==0.8.0
#     - scikit-image==0.26.0
#     - scikit-learn==1.9.1
#     - scipy==1.17.1
#     - setuptools==84.2.1
#     - sympy==1.14.0
#     - threadpoolctl==3.8.0
#     - tifffile==2026.3.3 ; python_full_version < '3.12'
#     - tifffile==2026.11.8 ; python_full_version >= '3.12'
#     - torch==2.15.0
#     - torchvision==0.29.2
#     - tqdm==4.70.1
#     - triton==3.9.0 ; python_full_version < '3.16' and sys_platform == 'linux'
#     - typing-extensions==4.16.0
#     - tzdata==2026.6
#     - urllib3==2.8.0
RUN mkdir -p /conda-envs/84eee6f8e9d84855307bc91bef4c1cab
COPY workflow/envs/compute.yaml /conda-envs/84eee6f8e9d84855307bc91bef4c1cab/environment.yaml
# Conda environment:
#   source: workflow/envs/report.yaml
#   prefix: /conda-envs/c60845c2d58f01171743467dd3d64030
#   # Written by `make lock` from pyproject.toml (report) and requirements.lock; do not edit.
#   channels:
#   - conda-forge
#   dependencies:
#   - python =3.11
#   - pip
#   - pip:
#     - aiohappyeyeballs==2.7.1 ; python_full_version == '3.12.*'
#     - aiohttp==3.14.5 ; python_full_version == '3.12.*'
#     - aiosignal==1.4.0 ; python_full_version == '3.12.*'
#     - appnope==1.0.0 ; sys_platform == 'darwin'
#     - asttokens==3.0.2
#     - attrs==26.1.0
#     - beautifulsoup4==4.15.0
#     - certifi==2026.10.18
#     - cffi==2.1.1 ; implementation_name == 'pypy'
#     - charset-normalizer==3.5.2
#     - click==8.5.1
#     - colorama==0.4.6 ; sys_platform == 'win32'
#     - comm==0.2.3
#     - debugpy==1.8.22
#     - entrypoints==0.4.2
#     - executing==2.3.0
#     - fastjsonschema==2.22.3
#     - frozenlist==1.8.0 ; python_full_version == '3.12.*'
#     - idna==3.20
#     - ipykernel==7.4.0
#     - ipython==9.18.1
#     - ipython-pygments-lexers==1.1.1
#     - jedi==0.20.1
#     - jinja2==3.1.6
#     - jsonschema==4.26.0
#     - jsonschema-specifications==2025.9.1
#     - jupyter-client==8.10.0
#     - jupyter-core==5.9.1
#     - markupsafe==3.0.4
#     - matplotlib-inline==0.2.2
#     - multidict==7.2.1 ; python_full_version == '3.12.*'
#     - nbclient==0.11.0
#     - nbformat==5.11.1
#     - nest-asyncio2==1.7.4
#     - numpy==2.4.6
#     - packaging==25.0
#     - pandas==3.1.1
#     - papermill==2.7.0
#     - parso==0.8.7
#     - pexpect==4.9.0 ; sys_platform != 'emscripten' and sys_platform != 'win32'
#     - platformdirs==4.14.5
#     - prompt-toolkit==3.0.53
#     - propcache==0.5.4 ; python_full_version == '3.12.*'
#     - psutil==7.2.2 ; sys_platform != 'android' and sys_platform != 'cygwin' and sys_platform != 'emscripten'
#     - ptyprocess==0.7.0 ; sys_platform != 'emscripten' and sys_platform != 'win32'
#     - pure-eval==0.2.4
#     - pycparser==3.12 ; implementation_name == 'pypy'
#     - pygments==2.21.0
#     - pypandoc-binary==1.17
#     - python-dateutil==4.0.0
#     - pyyaml==6.0.3
#     - pyzmq==27.3.0
#     - referencing==0.37.0
#     - requests==2.34.2
#     - rpds-py==2026.9.1
#     - soupsieve==2.10
#     - stack-data==0.6.3
#     - tenacity==9.2.1
#     - tornado==6.6.1
#     - tqdm==4.70.1
#     - traitlets==5.16.1
#     - typing-extensions==4.16.0
#     - typst==0.15.0
#     - tzdata==2026.6
#     - urllib3==2.8.0
#     - wcwidth==0.9.4
#     - yarl==1.25.1 ; python_full_version == '3.12.*'
RUN mkdir -p /conda-envs/c60845c2d58f01171743467dd3d64030
COPY workflow/envs/report.yaml /conda-envs/c60845c2d58f01171743467dd3d64030/environment.yaml

RUN conda env create --prefix /conda-envs/0fddd31f294cb3fa660ebb73c4b8c719 --file /conda-envs/0fddd31f294cb3fa660ebb73c4b8c719/environment.yaml && \
    conda env create --prefix /conda-envs/84eee6f8e9d84855307bc91bef4c1cab --file /conda-envs/84eee6f8e9d84855307bc91bef4c1cab/environment.yaml && \
    conda env create --prefix /conda-envs/c60845c2d58f01171743467dd3d64030 --file /conda-envs/c60845c2d58f01171743467dd3d64030/environment.yaml && \
    conda clean --all -y
