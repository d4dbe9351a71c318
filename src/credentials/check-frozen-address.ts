import { requireFrozenAddress } from "./frozen-address.js";
import type { FrozenAddressStore } from "./frozen-address-store.js";

/**
 * Before the process serves anything: whether its address is still the one that stands in the
 * credentials it issued.
 * @throws FrozenAddressError with what to do
 */
export async function checkFrozenAddress(
  needs: { frozenAddress: Pick<FrozenAddressStore, "find"> },
  publicUrl: string,
): Promise<void> {
  requireFrozenAddress(await needs.frozenAddress.find(), publicUrl);
}
