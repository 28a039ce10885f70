import { Injectable, inject, signal } from '@angular/core';

import { loadConfiguration } from '../configuration';
import { Language } from '../words/language';
import { isHopeless } from './challenge';
import { type Claims, Cognito, type Outcome } from './cognito';
import { type Refusal, whyEnded } from './refusal';
import { type Round, keepRound, keptRound } from './round';

/** What the person is to see. */
export type Page =
  | { readonly name: 'loading' }
  | { readonly name: 'unconfigured'; readonly why?: string }
  | { readonly name: 'login'; readonly said?: Refusal | 'signed-out' | 'signed-out-here' }
  | { readonly name: 'code'; readonly round: Round; readonly said?: Refusal | 'reloaded' }
  | { readonly name: 'stuck'; readonly round: Round }
  | { readonly name: 'signed-in'; readonly claims: Claims };

/** The sign-in of this tab: which page it is at, and the steps from one to the next. */
@Injectable({ providedIn: 'root' })
export class SignIn {
  readonly #language = inject(Language);
  readonly #page = signal<Page>({ name: 'loading' });
  readonly #busy = signal(false);
  #session: { readonly cognito: Cognito; readonly clientId: string } | undefined;

  readonly page = this.#page.asReadonly();
  /** Whether a call is under way. A second one is not begun meanwhile. */
  readonly busy = this.#busy.asReadonly();

  /** Reads the configuration, and takes up what this tab was at before it was reloaded. */
  async begin(): Promise<void> {
    const configured = await loadConfiguration();
    if (configured.kind !== 'ready') {
      this.#page.set({ name: 'unconfigured', ...(configured.kind === 'unusable' ? { why: configured.why } : {}) });
      return;
    }
    const { configuration } = configured;
    const cognito = new Cognito(configuration, sessionStorage);
    this.#session = { cognito, clientId: configuration.clientId };
    const current = await cognito.current();
    if (current !== undefined) {
      this.#show(current);
      return;
    }
    const round = keptRound(sessionStorage, configuration.clientId);
    if (round === undefined) this.#page.set({ name: 'login' });
    else if (isHopeless(round.challenge)) this.#page.set({ name: 'stuck', round });
    else this.#page.set({ name: 'code', round, said: 'reloaded' });
  }

  /** The first step: the password, which is kept nowhere. Says whether Cognito heard of it. */
  async start(email: string, password: string): Promise<boolean> {
    const outcome = await this.#call((cognito) => cognito.start(email, password, this.#language.tag()));
    if (outcome !== undefined) this.#show(outcome);
    return !(outcome?.kind === 'refused' && outcome.refusal === 'offline');
  }

  /** The second step. */
  async answer(code: string): Promise<void> {
    await this.#respond((cognito, round) => cognito.answer(round, code, this.#language.tag()), true);
  }

  async resend(): Promise<void> {
    await this.#respond((cognito, round) => cognito.resend(round, this.#language.tag()), false);
  }

  startAgain(): void {
    this.#keep(undefined);
    this.#page.set({ name: 'login' });
  }

  async signOut(): Promise<void> {
    const everywhere = await this.#call((cognito) => cognito.signOut());
    if (everywhere === undefined) return;
    this.#page.set({ name: 'login', said: everywhere ? 'signed-out' : 'signed-out-here' });
  }

  async #respond(call: (cognito: Cognito, round: Round) => Promise<Outcome>, answered: boolean): Promise<void> {
    const page = this.#page();
    if (page.name !== 'code') return;
    const { round } = page;
    const outcome = await this.#call((cognito) => call(cognito, round));
    if (outcome === undefined) return;
    if (outcome.kind !== 'refused') {
      this.#show(outcome);
      return;
    }
    const refusal = whyEnded(outcome.refusal, round.challenge, answered, Date.now());
    // After these the round is still good, as far as this page can know.
    if (refusal === 'offline' || refusal === 'slow-down') this.#page.set({ name: 'code', round, said: refusal });
    else this.#show({ kind: 'refused', refusal });
  }

  async #call<T>(call: (cognito: Cognito) => Promise<T>): Promise<T | undefined> {
    if (this.#session === undefined || this.#busy()) return undefined;
    this.#busy.set(true);
    try {
      return await call(this.#session.cognito);
    } finally {
      this.#busy.set(false);
    }
  }

  #show(outcome: Outcome): void {
    this.#keep(outcome.kind === 'challenge' ? outcome.round : undefined);
    switch (outcome.kind) {
      case 'challenge':
        this.#page.set({ name: isHopeless(outcome.round.challenge) ? 'stuck' : 'code', round: outcome.round });
        break;
      case 'signed-in':
        this.#page.set({ name: 'signed-in', claims: outcome.claims });
        break;
      case 'refused':
        this.#page.set({ name: 'login', said: outcome.refusal });
    }
  }

  #keep(round: Round | undefined): void {
    if (this.#session !== undefined) keepRound(sessionStorage, this.#session.clientId, round);
  }
}
