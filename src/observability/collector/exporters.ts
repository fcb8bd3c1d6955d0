import { authenticatorId, type Destination, type DestinationContext, exporterId } from './destination';

/** One exporter for each backend, whatever signals it takes. */
export function exportersOf(all: readonly Destination[], context: DestinationContext): Record<string, object> {
  return Object.fromEntries(
    all.map((destination) => [exporterId(destination), authenticated(destination, destination.settings(context))]),
  );
}

/** What signs the requests of the exporters. */
export function extensionsOf(all: readonly Destination[]): Record<string, object> {
  return Object.fromEntries(
    all.flatMap((destination) => {
      const id = authenticatorId(destination);
      return id === undefined || destination.authenticator === undefined
        ? []
        : [[id, destination.authenticator.settings]];
    }),
  );
}

function authenticated(destination: Destination, settings: Readonly<Record<string, unknown>>): object {
  const id = authenticatorId(destination);
  if (id === undefined) {
    return settings;
  }
  const auth = { authenticator: id };
  // OpenSearch keeps what concerns HTTP in a member of its own.
  const { http } = settings as { http?: object };
  return http === undefined ? { ...settings, auth } : { ...settings, http: { ...http, auth } };
}
