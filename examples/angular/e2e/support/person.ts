import { randomBytes } from 'node:crypto';

import { age, xtask } from './command';

/** A mail of the local AWS, as `inbox --json` has it. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A user with a password and a mailbox. */
export class Person {
  private constructor(
    readonly email: string,
    readonly password: string,
  ) {}

  static async make(): Promise<Person> {
    const random = randomBytes(8).toString('hex');
    const person = new Person(`person-${random}@example.com`, `Aa1!${randomBytes(16).toString('hex')}`);
    await xtask(['user', 'create', person.email]);
    await xtask(['user', 'confirm', person.email], `${person.password}\n`);
    return person;
  }

  /** The mails with a code, oldest first; word of a lock has none. */
  async mails(): Promise<Mail[]> {
    const mails = JSON.parse(await xtask(['inbox', '--json', '--to', this.email])) as Mail[];
    return mails.filter((mail) => codeIn(mail) !== undefined);
  }

  /** The code of the newest mail. */
  async code(): Promise<string> {
    const mail = (await this.mails()).at(-1);
    const code = mail === undefined ? undefined : codeIn(mail);
    if (code === undefined) throw new Error(`no code for ${this.email}`);
    return code;
  }

  /** Ends the user's sessions, as an operator does. */
  async signOut(): Promise<void> {
    await xtask(['user', 'sign-out', this.email]);
  }

  /** Lets seconds pass for what is kept of this user. */
  age(seconds: number): Promise<void> {
    return age(this.email, seconds);
  }
}

function codeIn(mail: Mail): string | undefined {
  return /\b\d{6}\b/.exec(mail.text)?.[0];
}

/** A code that is not this one, and not the one that this function makes of another number. */
export function wrong(code: string, number = 1): string {
  return String((Number(code) + number) % 1_000_000).padStart(6, '0');
}
