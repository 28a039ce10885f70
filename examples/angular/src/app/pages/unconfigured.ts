import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { SignIn } from '../sign-in/sign-in';
import { Language } from '../words/language';

/** Says how the application learns of a user pool. */
@Component({
  selector: 'app-unconfigured',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1>{{ words().heading }}</h1>
    <p>{{ problem() }}</p>
    <pre class="command"><code>npm run outputs</code></pre>
    <p>{{ words().then }}</p>
  `,
})
export class Unconfigured {
  readonly #page = inject(SignIn).page;
  readonly #language = inject(Language);

  protected readonly words = computed(() => this.#language.words().unconfigured);
  protected readonly problem = computed(() => {
    const page = this.#page();
    const why = page.name === 'unconfigured' ? page.why : undefined;
    return why === undefined ? this.words().missing : this.words().unusable(why);
  });
}
