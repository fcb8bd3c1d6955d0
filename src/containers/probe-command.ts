import type { Service, ServiceProcess } from '../service';

/**
 * The command that asks a probe from within the container, where no curl is.
 */
export function probeCommand(
  service: Service,
  process: ServiceProcess,
  path: string,
  compiledFolder: string,
): string[] {
  const variable = process.managementPortVariable ?? 'MANAGEMENT_PORT';
  const port = service.tryFindConfigVariable(variable)?.defaultValue ?? 9464;
  return ['node', `${compiledFolder}/platform/probe/cli.js`, path, variable, String(port)];
}
