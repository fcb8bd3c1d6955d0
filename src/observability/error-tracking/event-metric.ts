/** The metric that says whether errors arrive where they are tracked. */
export const ERROR_EVENTS = 'error_events_total';
