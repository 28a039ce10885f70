import { Injectable, computed, effect, signal } from '@angular/core';

import { de } from './de';
import { en } from './en';
import { vi } from './vi';
import { type Tag, languageOf } from './languages';
import type { Words } from './words';

const WORDS: Readonly<Record<Tag, Words>> = { en, de, vi };
const KEY = 'language';

/** The language of the pages and, since every call of a sign-in names it, of the mails. */
@Injectable({ providedIn: 'root' })
export class Language {
  readonly #tag = signal<Tag>(languageOf([sessionStorage.getItem(KEY) ?? '', ...navigator.languages]));

  readonly tag = this.#tag.asReadonly();
  readonly words = computed(() => WORDS[this.#tag()]);

  constructor() {
    effect(() => {
      document.documentElement.lang = this.#tag();
      document.title = this.words().title;
    });
  }

  choose(tag: string): void {
    this.#tag.set(languageOf([tag, this.#tag()]));
    sessionStorage.setItem(KEY, this.#tag());
  }
}
