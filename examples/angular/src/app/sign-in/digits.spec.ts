import { expect, test } from '@playwright/test';

import { filled, nextField } from './digits';

for (const [name, fields, index, text, expected] of [
  ['a digit', '......', 0, '4', '4.....'],
  ['a digit over another', '123456', 2, '9', '129456'],
  ['a letter', '12....', 2, 'x', '12....'],
  ['nothing any more', '123456', 5, '', '12345.'],
  ['a whole code', '......', 0, '123456', '123456'],
  ['a whole code in the middle', '99....', 3, '123456', '123456'],
  ['with a blank', '......', 0, '702 678', '702678'],
  ['with dashes, and words around it', '......', 0, 'Code: 702-678\n', '702678'],
  ['too long', '......', 0, '12345678', '123456'],
  ['a part', '12....', 2, '34', '1234..'],
  ['a part over the end', '......', 4, '123', '....12'],
] as const) {
  test(`digits: ${name}`, () => {
    const before = [...fields].map((digit) => digit.replace('.', ''));
    const after = filled(before, index, text).map((digit) => digit || '.');
    expect(after.join('')).toBe(expected);
  });
}

test('the next field is the first empty one, or the last', () => {
  expect([['', ''], ['1', ''], ['', '2'], ['1', '2']].map(nextField)).toEqual([0, 1, 0, 1]);
});
