import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  afterNextRender,
  computed,
  inject,
  viewChild,
} from '@angular/core';

import { Clock } from '../shell/clock';
import { SignIn } from '../sign-in/sign-in';
import { clock, secondsLeft } from '../sign-in/time';
import { Language } from '../words/language';

/** A sign-in in which no answer can be right; the notice says why. */
@Component({
  selector: 'app-stuck',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1 #heading tabindex="-1">{{ words().stuckHeading }}</h1>
    @if (wait(); as wait) {
      <p role="timer">{{ wait }}</p>
    }
    <button type="button" class="primary" (click)="onStartAgain()">{{ words().code.startAgain }}</button>
  `,
})
export class Stuck {
  readonly #signIn = inject(SignIn);
  readonly #now = inject(Clock).now;
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');

  protected readonly words = inject(Language).words;
  /** How long a lock still lasts. */
  protected readonly wait = computed(() => {
    const page = this.#signIn.page();
    if (page.name !== 'stuck' || page.round.challenge.state !== 'LOCKED') return undefined;
    const { secondsToWait, receivedAt } = page.round.challenge;
    const left = secondsLeft(secondsToWait, receivedAt, this.#now());
    return left > 0 ? this.words().lockedFor(clock(left)) : this.words().lockOver;
  });

  constructor() {
    afterNextRender(() => this.heading().nativeElement.focus());
  }

  protected onStartAgain(): void {
    this.#signIn.startAgain();
  }
}
