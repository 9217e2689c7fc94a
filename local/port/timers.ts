import type { Context } from './context.ts';
import { timerEvent } from './events.ts';
import type { Entity } from './model.ts';

/**
 * Tells automations of each timer property whose time is up, once for each time; what is returned ends that.
 * @param period how often the timers are looked at, in ms. How soon Port notices one is not documented.
 */
export function watchTimers(context: Context, period = 500): () => void {
  const told = new Map<string, unknown>();
  const look = (): void => {
    if (!context.quirks.noticesTimers) return;
    for (const { entity, property } of expired(context)) {
      const key = [entity.blueprint, entity.identifier, property].join('/');
      if (told.get(key) === entity.properties[property]) continue;
      told.set(key, entity.properties[property]);
      context.emit(timerEvent(entity, property, context.now()));
    }
  };
  const timer = setInterval(look, period).unref();
  return () => clearInterval(timer);
}

function expired({ store, now }: Context): readonly { entity: Entity; property: string }[] {
  return [...store.blueprints.values()].flatMap(({ identifier, schema }) => {
    const timers = Object.keys(schema.properties).filter((name) => isTimer(schema.properties[name]));
    if (timers.length === 0) return [];
    const due = (entity: Entity, name: string): boolean =>
      Date.parse(String(entity.properties[name])) <= now().getTime();
    return [...store.entitiesOf(identifier).values()].flatMap((entity) =>
      timers.filter((name) => due(entity, name)).map((property) => ({ entity, property })),
    );
  });
}

const isTimer = (property: unknown): boolean =>
  typeof property === 'object' && property !== null && 'format' in property && property.format === 'timer';
