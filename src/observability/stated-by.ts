/** Who states what is stated here, for errors. */
export const STATED_BY = 'Observability';
