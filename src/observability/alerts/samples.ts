/** So many minutes, with so much a minute. */
export type Phase = readonly [amount: number, minutes: number];

/** Samples of a counter that grows by an amount a minute, in each phase by another. */
export function counter(...phases: readonly Phase[]): string {
  let value = 0;
  const texts = phases.map(([amount, minutes]) => {
    const first = value + amount;
    value += amount * minutes;
    return amount === 0 ? `${first}x${minutes - 1}` : `${first}+${amount}x${minutes - 1}`;
  });
  return ['0', ...texts].join(' ');
}

/** What happens once in ten minutes, so many times. */
export function rarely(times: number): Phase[] {
  const once: Phase[] = [
    [1, 1],
    [0, 9],
  ];
  return Array.from({ length: times }, () => once).flat();
}

/** Samples of a gauge that stands still, in each phase elsewhere. */
export function gauge(...phases: readonly Phase[]): string {
  return phases.map(([value, minutes]) => `${value}x${minutes - 1}`).join(' ');
}

/** Samples of what is not measured for so many minutes. */
export function missing(minutes: number): string {
  return `_x${minutes}`;
}
