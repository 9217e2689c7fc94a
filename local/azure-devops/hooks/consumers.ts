import { type InputDescriptor, oneOf, plain, required, requiredSecret, secret } from './descriptors.ts';

/** Where events can go, as `GET …/_apis/hooks/consumers` tells it. */
export interface ConsumerAction {
  readonly id: string;
  readonly consumerId: string;
  readonly name: string;
  readonly inputDescriptors: readonly InputDescriptor[];
}

const toSend = [
  oneOf('resourceDetailsToSend', 'all minimal none'),
  oneOf('messagesToSend', 'all text html markdown none'),
  oneOf('detailedMessagesToSend', 'all text html markdown none'),
];

const webHook: readonly InputDescriptor[] = [
  required('url'),
  plain('acceptUntrustedCerts', { inputMode: 'checkBox' }),
  plain('basicAuthUsername'),
  secret('basicAuthPassword'),
  { ...secret('httpHeaders'), inputMode: 'textArea' },
  ...toSend,
];

const action = (
  consumerId: string,
  id: string,
  name: string,
  inputs: readonly InputDescriptor[],
): ConsumerAction => ({
  id,
  consumerId,
  name,
  inputDescriptors: inputs,
});

export const consumers: ReadonlyMap<
  string,
  { readonly name: string; readonly actions: readonly ConsumerAction[] }
> = new Map([
  ['webHooks', { name: 'Web Hooks', actions: [action('webHooks', 'httpRequest', 'Post via HTTP', webHook)] }],
  [
    'azureServiceBus',
    {
      name: 'Azure Service Bus',
      actions: [
        action('azureServiceBus', 'serviceBusQueueSend', 'Send a message to a Service Bus Queue', [
          requiredSecret('connectionString'),
          required('queueName'),
          ...toSend,
        ]),
        action('azureServiceBus', 'serviceBusTopicSend', 'Send a message to a Service Bus Topic', [
          requiredSecret('connectionString'),
          required('topicName'),
          ...toSend,
        ]),
      ],
    },
  ],
  [
    'azureStorageQueue',
    {
      name: 'Azure Storage',
      actions: [
        action('azureStorageQueue', 'enqueue', 'Insert a message in a Storage Queue', [
          required('accountName'),
          requiredSecret('accountKey'),
          required('queueName'),
          required('visiTimeout'),
          required('ttl'),
          ...toSend,
        ]),
      ],
    },
  ],
  [
    'slack',
    {
      name: 'Slack',
      actions: [
        action('slack', 'postMessageToChannel', 'Post a message to a channel', [requiredSecret('url')]),
      ],
    },
  ],
]);
