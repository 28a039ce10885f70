import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  afterNextRender,
  computed,
  inject,
  viewChild,
} from '@angular/core';

import { claimsShown } from '../sign-in/claims';
import { SignIn } from '../sign-in/sign-in';
import { Language } from '../words/language';

/** Where the tokens are: what they say, and the way out. */
@Component({
  selector: 'app-signed-in',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1 #heading tabindex="-1">{{ words().heading }}</h1>
    <p>{{ who() }}</p>
    <table class="claims">
      <caption>{{ words().claims }}</caption>
      <thead>
        <tr><th scope="col">{{ words().claim }}</th><th scope="col">{{ words().value }}</th></tr>
      </thead>
      <tbody>
        @for (claim of claims(); track claim.name) {
          <tr><th scope="row">{{ claim.name }}</th><td>{{ claim.value }}</td></tr>
        }
      </tbody>
    </table>
    <button type="button" class="primary" [attr.aria-disabled]="busy()" (click)="onSignOut()">
      {{ busy() ? words().busy : words().signOut }}
    </button>
  `,
})
export class SignedIn {
  readonly #signIn = inject(SignIn);
  readonly #language = inject(Language);
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');

  protected readonly words = computed(() => this.#language.words().signedIn);
  protected readonly busy = this.#signIn.busy;
  readonly #claims = computed(() => {
    const page = this.#signIn.page();
    return page.name === 'signed-in' ? page.claims : {};
  });
  protected readonly claims = computed(() => claimsShown(this.#claims(), this.#language.tag()));
  protected readonly who = computed(() => this.words().as(String(this.#claims()['email'] ?? this.#claims()['sub'])));

  constructor() {
    afterNextRender(() => this.heading().nativeElement.focus());
  }

  protected onSignOut(): void {
    void this.#signIn.signOut();
  }
}
