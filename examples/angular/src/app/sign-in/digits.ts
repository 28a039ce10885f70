/** The digits of a pasted or typed text; blanks, dashes and whatever else stands between them are forgiven. */
export function digitsIn(text: string): string[] {
  return text.match(/[0-9]/g) ?? [];
}

/** The fields after `text` came into the field at `index`: its digits fill this field and those after it. */
export function filled(fields: readonly string[], index: number, text: string): string[] {
  const digits = digitsIn(text);
  // A whole code begins at the first field wherever it was pasted.
  const begin = digits.length >= fields.length ? 0 : index;
  if (digits.length === 0) return fields.map((digit, at) => (at === index ? '' : digit));
  return fields.map((digit, at) => digits[at - begin] ?? digit);
}

/** Where the next digit belongs: the first empty field, or the last one. */
export function nextField(fields: readonly string[]): number {
  const empty = fields.findIndex((digit) => digit === '');
  return empty < 0 ? fields.length - 1 : empty;
}
