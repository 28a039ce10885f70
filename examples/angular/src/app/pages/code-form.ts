import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  afterRenderEffect,
  computed,
  inject,
  linkedSignal,
  viewChild,
} from '@angular/core';

import { Clock } from '../shell/clock';
import type { Round } from '../sign-in/round';
import { SignIn } from '../sign-in/sign-in';
import { clock, secondsLeft } from '../sign-in/time';
import { Language } from '../words/language';
import { CodeDigits } from './code-digits';

/** The second step: the code from the mail. */
@Component({
  selector: 'app-code-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CodeDigits],
  templateUrl: './code-form.html',
})
export class CodeForm {
  readonly #signIn = inject(SignIn);
  readonly #language = inject(Language);
  readonly #now = inject(Clock).now;
  private readonly digits = viewChild(CodeDigits);
  private readonly resendButton = viewChild.required<ElementRef<HTMLElement>>('resendButton');

  protected readonly words = computed(() => this.#language.words().code);
  protected readonly busy = this.#signIn.busy;

  readonly #round = computed<Round | undefined>(() => {
    const page = this.#signIn.page();
    return page.name === 'code' ? page.round : undefined;
  });
  protected readonly challenge = computed(() => this.#round()?.challenge);

  /** Whether somebody has pressed the button before all digits were there, in this round. */
  protected readonly incomplete = linkedSignal({ source: this.#round, computation: () => false });

  readonly #secondsLeft = this.#left('secondsLeft');
  readonly #secondsToWait = this.#left('secondsToWait');

  /** Without time left there is no code that could be right. */
  protected readonly answerable = computed(() => this.#secondsLeft() > 0);
  protected readonly expires = computed(() => this.words().expiresIn(clock(this.#secondsLeft())));
  protected readonly attempts = computed(() => this.words().attemptsLeft(this.challenge()?.attemptsLeft ?? 0));
  protected readonly mayResend = computed(() => this.#secondsToWait() === 0);
  protected readonly resend = computed(() =>
    this.mayResend() ? this.words().resend : this.words().resendIn(clock(this.#secondsToWait())),
  );
  protected readonly invalid = computed(() => this.incomplete() || this.challenge()?.state === 'CODE_WRONG');

  constructor() {
    // The fields take the focus with them when they go, and whoever cannot see that would be nowhere.
    afterRenderEffect(() => {
      if (!this.answerable()) this.resendButton().nativeElement.focus();
    });
  }

  protected onCodeCompleted(code: string): void {
    this.incomplete.set(false);
    void this.#signIn.answer(code);
  }

  protected onSubmit(event: Event): void {
    event.preventDefault();
    const digits = this.digits();
    if (digits === undefined || this.busy()) return;
    const code = digits.digits().join('');
    if (code.length === digits.digits().length) {
      this.onCodeCompleted(code);
      return;
    }
    this.incomplete.set(true);
    digits.focus();
  }

  protected onResend(): void {
    if (this.mayResend()) void this.#signIn.resend();
  }

  protected onStartAgain(): void {
    if (!this.busy()) this.#signIn.startAgain();
  }

  #left(name: 'secondsLeft' | 'secondsToWait') {
    return computed(() => {
      const challenge = this.challenge();
      return challenge === undefined ? 0 : secondsLeft(challenge[name], challenge.receivedAt, this.#now());
    });
  }
}
