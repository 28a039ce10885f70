import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  afterRenderEffect,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  untracked,
  viewChildren,
} from '@angular/core';

import type { Challenge } from '../sign-in/challenge';
import { filled, nextField } from '../sign-in/digits';
import { Language } from '../words/language';

/** One field per digit. A paste, or what the system offers from the mail, is split over them. */
@Component({
  selector: 'app-code-digits',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './code-digits.html',
})
export class CodeDigits {
  readonly challenge = input.required<Challenge>();
  readonly busy = input.required<boolean>();
  readonly invalid = input.required<boolean>();
  /** The whole code, whenever a digit has made it whole. */
  readonly completed = output<string>();

  /** Each round begins with empty fields. */
  readonly digits = linkedSignal<readonly string[]>(() => Array<string>(this.challenge().codeLength).fill(''));

  readonly #language = inject(Language);
  private readonly fields = viewChildren<ElementRef<HTMLInputElement>>('field');
  protected readonly words = computed(() => this.#language.words().code);

  constructor() {
    afterRenderEffect(() => {
      this.challenge();
      untracked(() => this.focus());
    });
  }

  /** Puts the cursor where the next digit belongs. */
  focus(): void {
    this.#focus(nextField(this.digits()));
  }

  protected onInput(index: number, text: string): void {
    // A second digit in a field that was full already replaces the first, wherever the cursor stood.
    const before = this.digits()[index] ?? '';
    const typed = text.length === 2 && before !== '' ? text.replace(before, '') : text;
    this.#fill(filled(this.digits(), index, typed), index + 1);
  }

  protected onPaste(index: number, event: ClipboardEvent): void {
    event.preventDefault();
    this.#fill(filled(this.digits(), index, event.clipboardData?.getData('text') ?? ''), index);
  }

  protected onKey(index: number, event: KeyboardEvent): void {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: this.digits().length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#focus(to);
    } else if (event.key === 'Backspace' && this.digits()[index] === '' && index > 0) {
      event.preventDefault();
      this.digits.set(this.digits().map((digit, at) => (at === index - 1 ? '' : digit)));
      this.#focus(index - 1);
    }
  }

  #fill(digits: readonly string[], next: number): void {
    const changed = digits.join() !== this.digits().join();
    this.digits.set(digits);
    // What is no digit leaves the signal as it was, and with it what the field shows.
    this.fields().forEach((field, at) => (field.nativeElement.value = digits[at] ?? ''));
    const whole = digits.every((digit) => digit !== '');
    // The same digit once more changes nothing, and the cursor goes on all the same.
    const typed = digits[next - 1] !== undefined && digits[next - 1] !== '';
    if (changed || typed) this.#focus(whole ? next : nextField(digits));
    if (changed && whole) this.completed.emit(digits.join(''));
  }

  #focus(index: number): void {
    const fields = this.fields();
    const field = fields[Math.max(0, Math.min(index, fields.length - 1))]?.nativeElement;
    field?.focus();
    field?.select();
  }
}
