import type { Service } from '../service';

/** What the image is called on a developer's machine. */
export function localImage(service: Service): string {
  return `${service.serviceName}:dev`;
}

/** A user that no machine has, as numbers, so that "runs as non-root" can be told from the image alone. */
export const USER = '10001:10001';
