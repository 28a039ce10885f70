/** Seconds that are left of those which were told at `receivedAt`; never less than none. */
export function secondsLeft(told: number, receivedAt: number, now: number): number {
  // A clock that was set back must not give anybody more time than was told.
  const passed = Math.max(0, Math.floor((now - receivedAt) / 1000));
  return Math.max(0, told - passed);
}

/** `9:05`, or `1:00:00` from an hour on. */
export function clock(seconds: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}
