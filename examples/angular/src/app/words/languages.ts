/** The languages that there are words for, each by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', vi: 'Tiếng Việt' } as const;
export type Tag = keyof typeof LANGUAGES;

/** The first of the wanted languages that there are words for, whatever region it is spoken in; else English. */
export function languageOf(wanted: readonly string[]): Tag {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0];
    if (language !== undefined && Object.hasOwn(LANGUAGES, language)) return language as Tag;
  }
  return 'en';
}
