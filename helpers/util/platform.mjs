// Plain JavaScript: commands check the platform before TypeScript can be loaded.

/**
 * Why the programs of this project cannot run here, in one line; undefined where they can. Labs run where the container
 * engine runs, on Linux. Its architecture is checked when an image is made.
 * @param {{ platform: string, arch: string }} process
 */
export function unsupported({ platform, arch }) {
  if (platform === 'win32')
    return 'Windows is not supported: run this in WSL 2 (a Linux distribution with Docker Engine or Docker Desktop)';
  if (platform !== 'linux' && platform !== 'darwin')
    return `${platform} is not supported: run this on Linux, or on macOS with Docker Desktop, Colima or another engine`;
  if (arch !== 'x64' && arch !== 'arm64')
    return `the architecture ${arch} is not supported: Envoy’s releases are for x86_64 and arm64`;
  return undefined;
}
