import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { SignIn } from '../sign-in/sign-in';
import { Language } from '../words/language';

/** The first step: e-mail address and password. */
@Component({
  selector: 'app-login-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './login-form.html',
})
export class LoginForm {
  readonly #signIn = inject(SignIn);
  readonly #language = inject(Language);

  protected readonly words = computed(() => this.#language.words().login);
  protected readonly busy = this.#signIn.busy;
  protected readonly emailMissing = signal(false);
  protected readonly passwordMissing = signal(false);

  protected async onSubmitLogin(event: Event, email: HTMLInputElement, password: HTMLInputElement): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    this.emailMissing.set(email.value.trim() === '');
    this.passwordMissing.set(password.value === '');
    if (this.emailMissing() || this.passwordMissing()) {
      (this.emailMissing() ? email : password).focus();
      return;
    }
    const heard = await this.#signIn.start(email.value.trim(), password.value);
    // Nothing keeps the password once it was proved or refused. Without a connection it was neither.
    if (heard) password.value = '';
    if (this.#signIn.page().name === 'login') password.focus();
  }
}
