import { type Locator, type Page, expect } from '@playwright/test';

import { Person } from './person';

/** The application as somebody in English meets it. */
export class SignInPage {
  readonly notice: Locator;
  readonly fields: Locator;
  readonly resend: Locator;
  readonly startAgain: Locator;

  constructor(readonly page: Page) {
    this.notice = page.getByRole('status');
    this.fields = page.getByRole('group', { name: 'Code from the e-mail' }).getByRole('textbox');
    this.resend = page.getByRole('button', { name: 'Send the e-mail again' });
    this.startAgain = page.getByRole('button', { name: 'Start again' });
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await expect(this.heading('Sign in')).toBeVisible();
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, level: 1 });
  }

  /** The first step, up to wherever it leads. */
  async login(email: string, password: string): Promise<void> {
    await this.page.getByLabel('E-mail address').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Continue' }).click();
  }

  /** The first step, up to the form for the code: once it is there, the mail is, too. */
  async loginForCode(person: Person): Promise<void> {
    await this.login(person.email, person.password);
    await expect(this.heading('Enter the code')).toBeVisible();
  }

  async askForCode(person: Person): Promise<void> {
    await this.open();
    await this.loginForCode(person);
  }

  /** Types digits where the cursor is, as somebody does. The last one sends them. */
  async type(code: string): Promise<void> {
    await expect(this.fields.first()).toBeFocused();
    await this.page.keyboard.type(code);
  }

  /** Waits for the page of somebody who is signed in. */
  async expectSignedIn(person: Person): Promise<void> {
    await expect(this.heading('Signed in')).toBeVisible();
    await expect(this.page.getByRole('row', { name: `email ${person.email}` })).toBeVisible();
  }
}
