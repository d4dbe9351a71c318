/** The address in this installation's credentials, written down when the first one was issued. */
export type FrozenAddress = { publicUrl: string; frozenAt: Date };

/** The process was started under another address than the one in the credentials it issued. */
export class FrozenAddressError extends Error {
  readonly code = "address-frozen";

  constructor(frozen: FrozenAddress, publicUrl: string) {
    super(
      `PUBLIC_URL is ${publicUrl}, but credentials issued since ${frozen.frozenAt.toISOString().slice(0, 10)} ` +
        `name ${frozen.publicUrl} as the place where they are checked. Under another address they could ` +
        `no longer be verified. Set PUBLIC_URL back to ${frozen.publicUrl}.`,
    );
    this.name = "FrozenAddressError";
  }
}

/** @throws FrozenAddressError when credentials name another address */
export function requireFrozenAddress(frozen: FrozenAddress | undefined, publicUrl: string): void {
  if (frozen !== undefined && frozen.publicUrl !== publicUrl) {
    throw new FrozenAddressError(frozen, publicUrl);
  }
}
