import { isRecord } from '../tasks/common/json.ts';
import type { Json } from './json.ts';

/** How the names of its members begin in messages, and the members. */
export type Section = readonly [prefix: string, members: Json];

/** Notes every problem, with the whole path of its member. */
export class Reader {
  readonly problems: string[] = [];

  text([section, from]: Section, member: string, isRequired: boolean): string | undefined {
    const [value, name] = [from[member], section + member];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (value !== undefined && value !== null) this.problems.push(`${name} must be text.`);
    else if (isRequired) this.problems.push(`${name} is missing.`);
    return undefined;
  }

  section([, from]: Section, name: string, members: readonly string[]): Section {
    const value = from[name];
    if (value !== undefined && value !== null && !isRecord(value))
      this.problems.push(`${name} must be a mapping.`);
    const section = [`${name}.`, isRecord(value) ? value : {}] as const;
    this.only(section, members);
    return section;
  }

  texts([section, from]: Section, member: string): string[] {
    const [value, name] = [from[member] ?? [], section + member];
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
    this.problems.push(`${name} must be a list of files.`);
    return [];
  }

  only([where, from]: Section, names: readonly string[]): void {
    for (const name of Object.keys(from)) {
      if (!names.includes(name))
        this.problems.push(`${where}${name} is not known; there are: ${names.join(', ')}.`);
    }
  }
}
