import { environmentName, variablesSetIn } from '../read/predefined.ts';
import type { Script } from '../read/scripts.ts';
import { textAt } from '../read/yaml.ts';

/** Something that a step, job or stage gives to others. */
export interface Given {
  readonly name: string;
  readonly isReadIn: (text: string) => boolean;
}

const given = (name: string, pattern: string): Given => ({
  name,
  isReadIn: (text) => new RegExp(pattern).test(text),
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Variables that a script sets, and files that it writes. */
function givenByScript({ text }: Script): Given[] {
  const files = [...text.matchAll(/>\s*"?([\w./-]+\.\w+)/g)].map(([, name = '']) => name);
  return [
    ...variablesSetIn(text).map((name) =>
      given(name, `\\$\\(${escaped(name)}\\)|\\$\\{?${environmentName(name)}\\b`),
    ),
    ...files.map((name) => given(name, `(^|[^\\w.])${escaped(name)}\\b`)),
  ];
}

/** @param places the names of jobs and stages that went */
export function givenBy(scripts: readonly Script[], places: ReadonlySet<string>): readonly Given[] {
  const steps = scripts.map(({ place }) => textAt(place.step, 'name')).filter((name) => name !== '');
  return [
    ...[...places, ...steps].map((name) =>
      given(name, `ependencies\\.${escaped(name)}\\b|[('\\s.]${escaped(name)}\\.[A-Za-z]`),
    ),
    ...scripts.flatMap(givenByScript),
  ];
}
