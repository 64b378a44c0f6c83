/** What is said about a thing on the map: its label for screen readers and the exported picture. */
import type { TFunction } from 'i18next';
import type { Instance } from '../../contract/instance.ts';
import { dotShape } from '../panels/StateDot.tsx';
import { listText } from '../i18n/locale.ts';
import { safeText } from '../ui/safeText.ts';
import type { MapItem, MapSubnet, VpcGraph } from './vpcGraph.ts';
import { PERSON, SERVICES } from './way.ts';

const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'] as const;

function stateWord(instance: Pick<Instance, 'state' | 'statusChecks'>, t: TFunction): string {
  const known = states.find((state) => state === instance.state);
  const word = known === undefined ? safeText(instance.state) : t(`map.state.${known}`);
  return dotShape(instance) === 'impaired' ? `${word}, ${t('map.impaired')}` : word;
}

/** The line below the name. */
export function itemNote(item: MapItem, t: TFunction): string {
  const kind = item.kind === 'host' ? undefined : item.kind === 'interface' ? t('map.item.interface') : t(`map.item.${item.kind}`);
  return [kind, item.down === true ? t('map.down') : undefined, item.kind === 'host' || item.kind === 'interface' ? item.note : undefined].filter((part) => part !== undefined && part !== '').join(' · ');
}

/** The line below the name as it is drawn: a host without an address has its state there. */
export function shownNote(item: MapItem, t: TFunction): string {
  return item.kind === 'host' && item.note === '' && item.instance !== undefined ? stateWord(item.instance, t) : itemNote(item, t);
}

/** Everything in one sentence, with where it is. What is drawn comes first and in that order, so that a person who speaks to the computer can say what they see (WCAG 2.5.3). */
export function itemLabel(item: MapItem, graph: VpcGraph, t: TFunction): string {
  const subnet = item.subnetId === undefined ? undefined : graph.subnets.get(item.subnetId);
  const parts = [
    item.name,
    shownNote(item, t),
    item.kind === 'host' && item.instance !== undefined && item.note !== '' ? stateWord(item.instance, t) : undefined,
    item.kind === 'host' || item.kind === 'interface' ? undefined : item.note,
    item.interfaces === undefined || item.interfaces.length < 2 ? undefined : t('map.interfaces', { count: item.interfaces.length }),
    subnet === undefined ? undefined : `${t('map.subnet', { name: subnet.name })} (${t(`map.kind.${subnet.kind}`)})`,
  ];
  return listText(parts.filter((part) => part !== undefined).filter((part) => part !== ''));
}

/** Public or private, and by what. */
export function subnetNote(subnet: MapSubnet, graph: VpcGraph, t: TFunction): string {
  const exit = subnet.exits[0];
  const item = exit === undefined ? undefined : graph.items.get(exit.id);
  const target = item === undefined || item.kind === 'interface' ? safeText(exit?.id ?? '') : t(`map.item.${item.kind}`);
  const why = subnet.kind === 'unknown' ? undefined : exit === undefined ? t('map.noRoute') : t('map.by', { target });
  return [t(`map.kind.${subnet.kind}`), why].filter((part) => part !== undefined).join(' · ');
}

/** A stop of a way in. */
export function stopName(stop: string, graph: VpcGraph, t: TFunction): string {
  if (stop === PERSON) return t('map.you');
  if (stop === SERVICES) return t('map.services');
  const item = graph.items.get(stop);
  if (item === undefined) return stop;
  return item.kind === 'host' ? item.name : item.kind === 'interface' ? t('map.interfaceOf', { host: item.name }) : t(`map.item.${item.kind}`);
}
