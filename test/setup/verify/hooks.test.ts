import { join } from 'node:path';
import { probeTests } from './probe-tests.ts';

const create = ['POST', /\/_apis\/hooks\/subscriptions$/] as const;
const one = /\/_apis\/hooks\/subscriptions\/[^/]+$/;

describe('verify, about service hooks', function () {
  this.timeout(30_000);
  probeTests({
    'hook-mask': {
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', one, ({ body }) => {
          const { consumerInputs, ...rest } = body as { consumerInputs: Record<string, string> };
          const { httpHeaders: _secret, ...others } = consumerInputs;
          return { body: { ...rest, consumerInputs: others } };
        }),
      came: /^nothing$/,
      closed: create,
    },
    'hook-test': {
      differs: ({ ado }) => void (ado.store.faults.testsWithMasks = true),
      came: /^no secret$/,
      closed: create,
    },
    'hook-guarded': {
      differs: ({ port }) => void (port.quirks.plainSecrets = 'refused'),
      came: /^nothing arrives; Azure DevOps says /,
      closed: create,
    },
    'hook-masked-inputs': {
      differs: ({ ado }) => void (ado.store.faults.forgetsSecrets = true),
      came: /^no secret$/,
      closed: create,
    },
    'hook-enabled': {
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', one, ({ body }) => ({
          body: { ...(body as object), status: 'onProbation' },
        })),
      came: /^onProbation$/,
      closed: create,
    },
    'filter-case': {
      differs: ({ ado }) =>
        ado.store.rewrites.add(...create, ({ body, status }) =>
          (body as { eventType?: string }).eventType === 'build.complete'
            ? { status: 400, body: { message: "Value 'failed' is not valid" } }
            : { status },
        ),
      came: /^400: .*is not valid/,
      closed: create,
    },
    'definition-name': {
      prepare: ({ ado, folder }) => {
        const file = join(folder, 'deploy.yml');
        ado.createPipeline({ name: 'release', file, repositoryDirectory: folder, folder: '\\team' });
      },
      differs: ({ ado }) =>
        ado.store.rewrites.add('POST', /\/inputValuesQuery$/, () => ({
          body: {
            inputValues: [{ isLimitedToPossibleValues: true, possibleValues: [{ value: 'team\\release' }] }],
          },
        })),
      came: /behind their folders/,
      closed: ['GET', /\/build\/definitions$/],
    },
  });
});
