import { probeTests } from './probe-tests.ts';

const create = ['POST', /\/serviceendpoint\/endpoints$/] as const;
const one = /\/serviceendpoint\/endpoints\/[^/]+$/;

describe('verify, about the sign-in to Azure DevOps', function () {
  this.timeout(30_000);
  probeTests({
    'refused-credentials': {
      differs: ({ ado }) => void (ado.store.faults.signInPage = true),
      came: /^203$/,
      closed: ['GET', /\/connectionData$/],
    },
  });
});

describe('verify, about service connections', function () {
  this.timeout(30_000);
  probeTests({
    'connection-disabled': {
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', one, ({ body }) => {
          const { isDisabled: _isDisabled, ...rest } = body as { isDisabled?: boolean };
          return { body: rest };
        }),
      came: /^no isDisabled$/,
      closed: create,
    },
    'connection-enabled': {
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', one, ({ body }) => ({
          body: { ...(body as object), isDisabled: true },
        })),
      came: /^isDisabled: true$/,
      closed: create,
    },
    'webhook-signature': {
      differs: ({ ado }) => ado.store.rewrites.add('POST', /\/webhooks\/[^/]+$/, () => ({ status: 200 })),
      came: /^200, and 200/,
      closed: create,
    },
    'connection-secret': {
      differs: ({ ado }) => void (ado.store.faults.forgetsSecrets = true),
      came: /^200 wrong, 200 right$/,
      closed: create,
    },
  });
});
