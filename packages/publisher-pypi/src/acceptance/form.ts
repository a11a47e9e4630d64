import type { FormField } from '../upload/form-fields.ts';

/** The fields of an upload form by name. An empty value counts as none, as in PyPI. */
export type FormValues = ReadonlyMap<string, readonly string[]>;

export function formValues(fields: readonly FormField[]): FormValues {
  const values = new Map<string, string[]>();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  return new Map([...values].filter(([, [first, ...more]]) => first !== '' || more.length > 0));
}

/** Returns the only value of a field. */
export function single(form: FormValues, name: string): string | undefined {
  return form.get(name)?.[0];
}

/** Returns `Project-URL` fields as pairs of label and address. */
export function projectUrls(form: FormValues): readonly (readonly [label: string, url: string])[] {
  return (form.get('project_urls') ?? []).map((text) => {
    const [label = '', ...rest] = text.split(',');
    return [label.trim(), rest.join(',').trim()];
  });
}
