/** Every address of an instance with what it means; a click copies. */
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import { LongList } from '../network/LongList.tsx';
import { instanceAddresses } from '../state/addresses.ts';
import { Copyable } from '../ui/Copyable.tsx';

export const AddressesSection = memo(function AddressesSection({ instance }: { readonly instance: Instance }) {
  const { t } = useTranslation();
  const { addresses, missing } = instanceAddresses(instance);
  return (
    <>
      <LongList
        className="addresses"
        label={t('host.addresses')}
        items={addresses.map(({ address, kind, label, meaning, details }) => (
          <li key={`${kind}:${label}:${address}`} data-address-kind={kind}>
            <div className="address-line">
              <Copyable value={address} mono label={`${label} ${address}`} />
              <span className="address-label">{label}</span>
            </div>
            <p className="note">{meaning}</p>
            {details.map(({ name, value }) => (
              <p key={name} className="note">
                {name} <Copyable value={value} mono label={t('addresses.theDetail', { name })} />
              </p>
            ))}
          </li>
        ))}
      />
      {missing.map((sentence) => (
        <p key={sentence} className="note">
          {sentence}
        </p>
      ))}
    </>
  );
});
