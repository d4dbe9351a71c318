import { faultOf } from "../platforms/lms-answer.js";
import type { LmsHttp } from "../platforms/lms-http-client.js";
import type { LmsTokens } from "../platforms/lms-token-client.js";

const SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers";

type Needs = { http: LmsHttp; tokens: Pick<LmsTokens, "get" | "forget">; now: () => Date };

/** Where an LMS sends its notices (LTI Platform Notification Service 1.0 §4). */
export function createNoticeHandlersClient(needs: Needs) {
  return {
    /**
     * Has notices of one type sent to `handler`. May be repeated.
     * @throws ToolError platform-busy, platform-unreachable, platform-refused
     */
    async setHandler(
      at: { platformId: string; url: string },
      wanted: { noticeType: string; handler: string },
    ): Promise<void> {
      const { platformId, url } = at;
      const body = JSON.stringify({ notice_type: wanted.noticeType, handler: wanted.handler });
      const send = async () => {
        const token = await needs.tokens.get(platformId, [SCOPE]);
        const headers = {
          authorization: `Bearer ${token}`,
          accept: "application/json",
          "content-type": "application/json",
        };
        return await needs.http.send({ url, method: "PUT", headers, body });
      };
      let answer = await send();
      if (answer.status === 401) {
        needs.tokens.forget(platformId, [SCOPE]);
        answer = await send();
      }
      const fault = faultOf(answer, needs.now());
      if (fault !== undefined) throw fault;
    },
  };
}
