import { recordsOf, textOf } from '../json.ts';
import type { Azure } from './client.ts';
import { baseOf, basesOf, version } from './hook-hosts.ts';
import { type ConsumerAction, type EventType, type Inputs, inputsOf, readEvent } from './hook-types.ts';

/** Events of all publishers, those of classic releases too, each once. */
export async function listAllEvents(azure: Azure): Promise<EventType[]> {
  const all: EventType[] = [];
  for (const base of basesOf(azure)) all.push(...(await listPublishers(azure, base)));
  return all.filter((each, index) => all.findIndex(({ id }) => id === each.id) === index);
}

export async function listPublishers(azure: Azure, base = azure.organizationUrl): Promise<EventType[]> {
  const { value } = await azure.call('GET', `/_apis/hooks/publishers?${version}`, {
    does: 'list the publishers of events',
    base,
  });
  return recordsOf(value).flatMap((publisher) =>
    recordsOf(publisher.supportedEvents).map((event) => readEvent(textOf(publisher.id), event)),
  );
}

export async function getEventType(azure: Azure, publisherId: string, id: string): Promise<EventType> {
  const path = `/_apis/hooks/publishers/${encodeURIComponent(publisherId)}/eventtypes/${encodeURIComponent(id)}?${version}`;
  const json = await azure.call('GET', path, {
    does: `read the event ${id}`,
    base: baseOf(azure, publisherId),
  });
  return readEvent(publisherId, json);
}

export async function listConsumers(azure: Azure): Promise<ConsumerAction[]> {
  const { value } = await azure.call('GET', `/_apis/hooks/consumers?${version}`, {
    does: 'list the consumers of events',
  });
  return recordsOf(value).flatMap((consumer) =>
    recordsOf(consumer.actions).map((action) => ({
      consumerId: textOf(consumer.id),
      id: textOf(action.id),
      name: textOf(action.name),
      inputs: inputsOf(action),
    })),
  );
}

/** The values that a filter may have in this project, as the web page offers them; empty where any goes. */
export async function inputValues(
  azure: Azure,
  event: EventType,
  input: { id: string; current: Inputs },
): Promise<string[]> {
  const body = {
    currentValues: input.current,
    inputValues: [{ inputId: input.id }],
    scope: 10,
    subscription: null,
  };
  const path = `/_apis/hooks/publishers/${encodeURIComponent(event.publisherId)}/inputValuesQuery?${version}`;
  const answer = await azure.call('POST', path, {
    does: `ask for the values of ${input.id}`,
    body,
    base: baseOf(azure, event.publisherId),
  });
  const [values] = recordsOf(answer.inputValues);
  return values?.isLimitedToPossibleValues === true
    ? recordsOf(values.possibleValues).map((each) => textOf(each.value))
    : [];
}
