import type { Approvals } from '../../config.ts';
import { recordOf, textOf } from '../../json.ts';
import type { Products } from '../../products.ts';
import { type Finding, type Part, wrong } from '../part.ts';

const kinds = ['roles', 'teams', 'users'] as const;
type Executors = Readonly<Record<(typeof kinds)[number], readonly string[]>>;

/** Whoever may press the button decides in the name of the token's owner: Port lets every member, if it is not told. */
const wantedOf = ({ teams, users }: Approvals): Executors => ({ roles: ['Admin'], teams, users });

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf) : []);

const sorted = (texts: readonly string[]): string => [...texts].sort().join(', ');

async function faultsOf(products: Products, action: string, wanted: Executors): Promise<string[]> {
  const answer = await (await products.port()).call('getPermissions', { parameters: { action } });
  const execute = recordOf(recordOf(answer.permissions).execute);
  const lists = kinds.flatMap((kind) => {
    const [actual, listed] = [sorted(textsOf(execute[kind])), sorted(wanted[kind])];
    return actual === listed
      ? []
      : [`${kind} that may execute it are ${actual || 'none'}, not ${listed || 'none'}`];
  });
  return execute.ownedByTeam === true ? [...lists, 'the team that owns the entity may execute it'] : lists;
}

/** An action's part that also says who may execute it. A policy that somebody made in Port stays. */
export function permittedPart(
  products: Products,
  { action, approvals }: { readonly action: string; readonly approvals: Approvals },
  part: Part,
): Part {
  const wanted = wantedOf(approvals);
  return {
    ...part,
    look: async (): Promise<Finding> => {
      const finding = await part.look();
      if (finding.state === 'missing') return finding;
      const faults = await faultsOf(products, action, wanted);
      return faults.length === 0 ? finding : { ...finding, ...wrong(...finding.details, ...faults) };
    },
    apply: async () => {
      await part.apply?.();
      const body = { execute: { ...wanted, ownedByTeam: false } };
      await (await products.port()).call('changePermissions', { parameters: { action }, body });
    },
  };
}
