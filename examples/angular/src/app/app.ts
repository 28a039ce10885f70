import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { CodeForm } from './pages/code-form';
import { LoginForm } from './pages/login-form';
import { SignedIn } from './pages/signed-in';
import { Stuck } from './pages/stuck';
import { Unconfigured } from './pages/unconfigured';
import { Clock } from './shell/clock';
import { noticeOf } from './shell/notice';
import { SignIn } from './sign-in/sign-in';
import { Language } from './words/language';
import { LANGUAGES } from './words/languages';

@Component({
  selector: 'app-root',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CodeForm, LoginForm, SignedIn, Stuck, Unconfigured],
  templateUrl: './app.html',
})
export class App {
  readonly #signIn = inject(SignIn);
  readonly #language = inject(Language);
  readonly #now = inject(Clock).now;

  protected readonly languages = Object.entries(LANGUAGES);
  protected readonly tag = this.#language.tag;
  protected readonly words = this.#language.words;
  protected readonly page = this.#signIn.page;
  protected readonly notice = computed(() => noticeOf(this.page(), this.words(), this.#now()));

  constructor() {
    void this.#signIn.begin();
  }

  protected onLanguage(tag: string): void {
    this.#language.choose(tag);
  }
}
