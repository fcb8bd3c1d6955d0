/**
 * Who makes an owned file and where its content is decided.
 */
export interface Owner {
  /** The component that makes the file, such as `PrismaMigrations`. */
  readonly component: string;
  /** What to edit in `.projenrc.ts` to change the file, such as `service.config.add(…)`. */
  readonly change: string;
}

/**
 * The sentence that an owned file says of itself, behind projen's own marker.
 */
export function ownership({ component, change }: Owner): string {
  return `Made by ${component}; change it through ${change}.`;
}
