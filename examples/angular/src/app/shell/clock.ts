import { DestroyRef, Injectable, inject, signal } from '@angular/core';

/** The browser's time as a signal that moves every second. */
@Injectable({ providedIn: 'root' })
export class Clock {
  readonly #now = signal(Date.now());
  readonly now = this.#now.asReadonly();

  constructor() {
    const timer = setInterval(() => this.#now.set(Date.now()), 1000);
    // A tab in the background is woken seldom: what it shows when it comes back has to be right at once.
    const look = (): void => this.#now.set(Date.now());
    document.addEventListener('visibilitychange', look);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    });
  }
}
