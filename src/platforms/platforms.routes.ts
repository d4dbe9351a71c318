import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { type ErrorCode, ToolError } from "../errors.js";
import { type FormReading, type FormValues, queryText, readForm } from "../web/forms.js";
import { showPage } from "../web/page.js";
import { setPolicySources } from "../web/security-headers.js";
import { type ConnectionLine, describeConnection } from "./connection-sentences.js";
import type { PlatformOffer } from "./openid-configuration.js";
import { PlatformForm } from "./platform-form.js";
import type { RegistrationAsked, SetUpResult } from "./set-up.js";
import { describeToolForCanvas, serviceScopes, toolAddresses } from "./tool-registration.js";
import type { ConnectionTest } from "./test-connection.js";
import type { ToolKeys } from "./tool-keys.js";
import type { Invitation } from "./use-invitation.js";

export type PlatformRoutesNeeds = {
  toolKeys: Pick<ToolKeys, "jwks">;
  publicUrl: string;
  /** @throws ToolError code-invalid */
  getInvitation: (token: string) => Promise<Invitation>;
  readOffer: (openidConfigurationUrl: string) => Promise<PlatformOffer>;
  testByHand: (token: string, form: PlatformForm) => Promise<ConnectionTest>;
  setUpByHand: (
    token: string,
    form: PlatformForm & { organisationName: string },
  ) => Promise<SetUpResult>;
  setUpByRegistration: (token: string, request: RegistrationAsked) => Promise<SetUpResult>;
};

const organisationName = z
  .string()
  .trim()
  .max(200, "That is longer than 200 characters")
  .default("");
const neededName = organisationName.pipe(
  z.string().min(1, "Enter the name that is to stand on every credential"),
);

/** What is said beside the client ID when the LMS cannot be registered with it. */
const clientIdFaults: Partial<Record<ErrorCode, string>> = {
  "platform-already-registered":
    "This client ID is registered already. Check it, or look at your list of platforms.",
  "platform-speaks-for-another":
    "With this issuer or client ID another LMS is registered, on another host. Check both, and the addresses; if all is right, ask an administrator of Rosette.",
};

/** Only the first set-up asks for the organisation's name. */
const nameFor = ({ organisationId }: Invitation) =>
  organisationId === undefined ? neededName : organisationName;

const RegistrationForm = z.object({
  invitation: z.string().max(200),
  openidConfigurationUrl: z.string().max(2048),
  registrationToken: z.string().max(16_384).default(""),
  agreedHosts: z.string().max(4096),
});

type FormState = {
  values: FormValues;
  faults: Record<string, string>;
  /** What a test of what was typed found. */
  connection?: ConnectionLine[];
};
/**
 * The form as it was typed, with what is wrong beside its client ID.
 * @throws the error, when it is about something else
 */
function withClientIdFault(request: Request, error: unknown): FormState {
  const clientId = error instanceof ToolError ? clientIdFaults[error.code] : undefined;
  if (clientId === undefined) throw error;
  return { values: request.body as FormValues, faults: { clientId } };
}
const emptyForm: FormState = { values: {}, faults: {} };
const statusOf = ({ faults }: FormState): number => (Object.keys(faults).length > 0 ? 422 : 200);

/** What an LMS reads from us, and the pages on which an LMS is registered. */
export function platformRoutes(needs: PlatformRoutesNeeds): Router {
  const router = Router();

  router.get("/lti/jwks", async (_request, response) => {
    response.set("cache-control", "public, max-age=300").json(await needs.toolKeys.jwks());
  });

  router.get("/lti/canvas.json", (_request, response) => {
    response.set("cache-control", "public, max-age=300");
    response.json(describeToolForCanvas(needs.publicUrl));
  });

  const registrationUrlOf = (token: string): string =>
    `${toolAddresses(needs.publicUrl).registrationUrl}?invitation=${token}`;

  const showSetUp = (
    response: Response,
    about: { token: string; invitation: Invitation },
    form: FormState,
  ) => {
    showPage(response, "setup/set-up", {
      frame: { title: "Connect your LMS" },
      page: {
        ...form,
        ...toolAddresses(needs.publicUrl),
        connection: form.connection ?? [],
        registrationUrl: registrationUrlOf(about.token),
        scopes: serviceScopes,
        action: `/setup/${about.token}`,
        asksForName: about.invitation.organisationId === undefined,
      },
      status: statusOf(form),
    });
  };

  const showDone = (response: Response, done: SetUpResult, isInLms: boolean) => {
    const { platform, administratorCode } = done;
    const { name, hostsToApprove } = platform;
    showPage(response, "setup/connected", {
      frame: {
        title: hostsToApprove === undefined ? "Your LMS is connected" : "Your LMS is registered",
      },
      page: { name, hostsToApprove, administratorCode, isInLms },
    });
  };

  router.use("/setup", (_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  router.get("/setup/:token", async (request, response) => {
    const { token } = request.params;
    showSetUp(response, { token, invitation: await needs.getInvitation(token) }, emptyForm);
  });

  router.post("/setup/:token", async (request, response) => {
    const { token } = request.params;
    const invitation = await needs.getInvitation(token);
    const schema = PlatformForm.extend({ organisationName: nameFor(invitation) });
    const form = readForm(request, schema);
    if (form.kind === "faulty") {
      showSetUp(response, { token, invitation }, form);
      return;
    }
    try {
      showDone(response, await needs.setUpByHand(token, form.value), false);
    } catch (error) {
      showSetUp(response, { token, invitation }, withClientIdFault(request, error));
    }
  });

  // Tries out what was typed; the link is not used up by it, and the organisation needs no name yet.
  router.post("/setup/:token/test", async (request, response) => {
    const { token } = request.params;
    const invitation = await needs.getInvitation(token);
    const form = readForm(request, PlatformForm);
    if (form.kind === "faulty") {
      showSetUp(response, { token, invitation }, form);
      return;
    }
    try {
      const connection = describeConnection(await needs.testByHand(token, form.value));
      const values = request.body as FormValues;
      showSetUp(response, { token, invitation }, { values, faults: {}, connection });
    } catch (error) {
      showSetUp(response, { token, invitation }, withClientIdFault(request, error));
    }
  });

  /** The registration page stands in a frame of an LMS that we do not know yet. */
  const letAnyLmsFrame = (response: Response): void => {
    setPolicySources(response, "frame-ancestors", ["*"]);
    response.set("cache-control", "no-store");
  };

  const showOffer = async (
    response: Response,
    asked: { invitation: string; openidConfigurationUrl: string; registrationToken: string },
    form: FormState,
  ) => {
    const invitation = await needs.getInvitation(asked.invitation);
    const offer = await needs.readOffer(asked.openidConfigurationUrl);
    showPage(response, "setup/register", {
      frame: { title: "Connect Rosette with this LMS?" },
      page: {
        ...form,
        ...asked,
        issuer: offer.issuer,
        hosts: offer.hosts,
        isOneHouse: offer.isOneHouse,
        asksForName: invitation.organisationId === undefined,
      },
      status: statusOf(form),
    });
  };

  router.get("/lti/register", async (request, response) => {
    letAnyLmsFrame(response);
    const asked = {
      invitation: queryText(request, "invitation"),
      openidConfigurationUrl: queryText(request, "openid_configuration"),
      registrationToken: queryText(request, "registration_token"),
    };
    if (asked.openidConfigurationUrl === "") {
      // Somebody opened the address in a browser instead of giving it to the LMS.
      const token = asked.invitation;
      await needs.getInvitation(token);
      showPage(response, "setup/address", {
        frame: { title: "This address is for your LMS" },
        page: { registrationUrl: registrationUrlOf(token), byHandUrl: `/setup/${token}` },
      });
      return;
    }
    await showOffer(response, asked, emptyForm);
  });

  router.post("/lti/register", async (request: Request, response) => {
    letAnyLmsFrame(response);
    const invitationToken = readForm(request, z.looseObject({ invitation: z.string() }));
    if (invitationToken.kind === "faulty") throw new ToolError("code-invalid");
    const invitation = await needs.getInvitation(invitationToken.value.invitation);
    const schema = RegistrationForm.extend({ organisationName: nameFor(invitation) });
    const form: FormReading<z.output<typeof schema>> = readForm(request, schema);
    if (form.kind === "faulty") {
      const asked = readForm(request, RegistrationForm);
      if (asked.kind === "faulty") throw new ToolError("request-malformed");
      await showOffer(response, asked.value, form);
      return;
    }
    const { invitation: token, registrationToken, agreedHosts, ...rest } = form.value;
    const done = await needs.setUpByRegistration(token, {
      ...rest,
      registrationToken: registrationToken === "" ? undefined : registrationToken,
      agreedHosts: agreedHosts.split(","),
    });
    showDone(response, done, true);
  });

  return router;
}
