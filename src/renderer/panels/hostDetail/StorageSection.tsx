/** The volumes of an instance and its instance store, and what becomes of each when the instance ends. */
import { useTranslation } from 'react-i18next';
import type { InstanceStorage, Volume } from '../../../contract/hostDetail.ts';
import { listText } from '../../i18n/locale.ts';
import { momentText } from '../../ui/age.ts';
import { Copyable } from '../../ui/Copyable.tsx';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { safeText } from '../../ui/safeText.ts';
import { MissingFact, PartFact, PlainFact } from './PartFact.tsx';

export function StorageSection({ storage }: { readonly storage: InstanceStorage }) {
  const { t } = useTranslation();
  const { described, volumes, type } = storage;
  const facts = described.known ? described.value : undefined;
  const devices = facts?.blockDevices ?? [];
  return (
    <>
      {volumes.known ? (
        volumes.value.length === 0 ? (
          <p className="note">{t('hostDetail.noVolumes')}</p>
        ) : (
          volumes.value.map((volume) => <VolumeCard key={volume.volumeId} volume={volume} isRoot={volume.deviceName !== undefined && volume.deviceName === facts?.rootDeviceName} />)
        )
      ) : (
        <Facts>
          <MissingFact name={t('hostDetail.volume')} missing={volumes} />
          {/* DescribeInstances tells this much of them. */}
          {devices.map((device) => (
            <Fact key={device.deviceName} name={device.deviceName === facts?.rootDeviceName ? t('hostDetail.root') : t('hostDetail.volume')} value={device.volumeId ?? device.deviceName} mono note={listText([safeText(device.deviceName), device.deleteOnTermination === undefined ? '' : t(device.deleteOnTermination ? 'hostDetail.deletedWith' : 'hostDetail.keptAfter')].filter((word) => word !== ''))} />
          ))}
        </Facts>
      )}
      <Facts>
        <PartFact name={t('hostDetail.instanceStore')} part={type}>
          {(known) =>
            known?.instanceStore === undefined ? (
              <PlainFact name={t('hostDetail.instanceStore')}>{known === undefined ? t('hostDetail.unknown') : t('hostDetail.noInstanceStore')}</PlainFact>
            ) : known.instanceStore.disks.length === 0 ? (
              <PlainFact name={t('hostDetail.instanceStore')}>{known.instanceStore.totalSizeGb === undefined ? t('hostDetail.unknown') : t('hostDetail.storeSize', { size: known.instanceStore.totalSizeGb })}</PlainFact>
            ) : (
              <Fact name={t('hostDetail.instanceStore')} value={listText(known.instanceStore.disks.map(({ count, sizeGb, type: kind }) => `${t('hostDetail.disks', { count, size: sizeGb })}${kind === undefined ? '' : ` ${kind.toUpperCase()}`}`))} note={<span className="usable unknown">▲ {t('hostDetail.instanceStoreLost')}</span>} />
            )
          }
        </PartFact>
      </Facts>
    </>
  );
}

function VolumeCard({ volume, isRoot }: { readonly volume: Volume; readonly isRoot: boolean }) {
  const { t } = useTranslation();
  const performance = [volume.iops === undefined ? undefined : t('hostDetail.iops', { iops: volume.iops }), volume.throughputMibPerSecond === undefined ? undefined : t('hostDetail.throughput', { throughput: volume.throughputMibPerSecond })].filter((word) => word !== undefined);
  const attachment = [volume.deleteOnTermination === undefined ? '' : t(volume.deleteOnTermination ? 'hostDetail.deletedWith' : 'hostDetail.keptAfter'), volume.multiAttach === true ? t('hostDetail.multiAttach') : ''].filter((word) => word !== '');
  return (
    <div className="volume-card">
      <h4>
        <Copyable value={volume.deviceName ?? volume.volumeId} mono label={t('hostDetail.volume')} />
        {isRoot ? <span className="note">{t('hostDetail.root')}</span> : undefined}
      </h4>
      <Facts>
        <Fact name={t('hostDetail.volume')} value={volume.volumeId} mono note={volume.name === undefined ? undefined : safeText(volume.name)} />
        <Fact name={t('hostDetail.size')} value={volume.sizeGib === undefined ? undefined : `${volume.sizeGib} GiB`} note={volume.encrypted === undefined ? undefined : t(volume.encrypted ? 'hostDetail.encrypted' : 'hostDetail.notEncrypted')} />
        <Fact name={t('hostDetail.kind')} value={volume.volumeType ?? listText(performance)} note={volume.volumeType === undefined ? undefined : listText(performance)} />
        <Fact name={t('hostDetail.attached')} value={volume.state ?? listText(attachment)} note={volume.state === undefined ? undefined : listText(attachment)} />
        <Fact name={t('hostDetail.kmsKey')} value={volume.kmsKeyId} mono />
        <Fact name={t('hostDetail.snapshot')} value={volume.snapshotId} mono />
        <Fact name={t('hostDetail.volumeMade')} value={volume.createTime === undefined ? undefined : momentText(volume.createTime)} />
      </Facts>
    </div>
  );
}
