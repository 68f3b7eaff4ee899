"""A payment service in memory with Stripe's shapes: pages, payments, refunds, disputes, events.

Written from Stripe's documents and sharing no code with the program. Its memory survives any
crash of the program that asks it; faults are planted by name.
"""

import itertools
import json
import time
from collections.abc import Mapping
from typing import Any

Told = dict[str, Any]


class Refused(Exception):
    """An error as Stripe answers it."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind


class Bank:
    """Accounts of one merchant. `faults` are taken in order, one for each request.

    `down_before`: the request never arrives. `down_after`: it is done, the answer is lost.
    `busy`: 500 before anything is done. `forbidden`: the key lacks a right.
    """

    def __init__(self, base: str = "http://127.0.0.1:1", live: bool = False) -> None:
        self.base = base
        self.live = live
        self.now = int(time.time())
        self.sessions: dict[str, Told] = {}
        self.intents: dict[str, Told] = {}
        self.refunds: dict[str, Told] = {}
        self.disputes: dict[str, Told] = {}
        self.events: list[Told] = []
        self.answers: dict[str, tuple[str, Told]] = {}
        self.faults: list[str] = []
        self.asked: list[tuple[str, Any]] = []
        self._ids = itertools.count(1)

    def ask(self, verb: str, **given: Any) -> Told:
        """Carry out one request, or the fault that waits for it."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down_before":
            raise ConnectionError("down")
        if fault == "busy":
            raise Refused(500, "boom", "api_error")
        if fault == "forbidden":
            raise Refused(
                403,
                "The provided key 'rk_test_secretsecret' does not have the required permissions "
                "for this endpoint. Having the 'rak_checkout_session_write' permission would "
                "allow this request to continue.",
            )
        if fault == "no_http":
            raise Refused(400, "Livemode requests must always be redirected via HTTPS.")
        if fault == "revoked":
            raise Refused(401, "Invalid API Key provided: rk_test_secretsecret")
        self.asked.append((verb, given))
        answer: Told = getattr(self, verb)(**given)
        if fault == "down_after":
            raise ConnectionError("lost")
        copy: Told = json.loads(json.dumps(answer))
        return copy

    # -- what the merchant's program asks

    def create_session(self, params: Mapping[str, Any], key: str | None) -> Told:
        return self._once(key, "session", params, self._new_session)

    def _new_session(self, params: Mapping[str, Any]) -> Told:
        if int(params["expires_at"]) < self.now + 1800:
            raise Refused(400, "The `expires_at` timestamp must be at least 30 minutes from now.")
        item = params["line_items"][0]
        made = self._object("cs", "checkout.session")
        made |= {
            "mode": params["mode"],
            "client_reference_id": params.get("client_reference_id"),
            "metadata": dict(params.get("metadata") or {}),
            "amount_total": int(item["price_data"]["unit_amount"]) * int(item["quantity"]),
            "currency": item["price_data"]["currency"],
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "payment_method_types": ["card"],
            "success_url": params["success_url"],
            "cancel_url": params.get("cancel_url"),
            "expires_at": int(params["expires_at"]),
            "url": f"{self.base}/pay/{made['id']}",
        }
        self.sessions[made["id"]] = made
        return made

    def retrieve_session(self, id: str) -> Told:
        return self._aged(self._there(self.sessions, id))

    def list_sessions(self, params: Mapping[str, Any]) -> Told:
        return self._page(list(self.sessions.values()), params)

    def expire_session(self, id: str) -> Told:
        found = self._aged(self._there(self.sessions, id))
        if found["status"] != "open":
            raise Refused(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
        self._expire(found)
        return found

    def retrieve_intent(self, id: str) -> Told:
        return self._there(self.intents, id)

    def create_refund(self, params: Mapping[str, Any], key: str | None) -> Told:
        return self._once(key, "refund", params, self._new_refund)

    def _new_refund(self, params: Mapping[str, Any]) -> Told:
        intent = self._there(self.intents, params["payment_intent"])
        left = intent["amount"] - self._refunded(intent["id"])
        amount = int(params.get("amount") or left)
        if not 0 < amount <= left:
            raise Refused(400, f"Refund amount ({amount}) is greater than unrefunded ({left})")
        made = self._object("re", "refund")
        made.pop("livemode")
        made |= {
            "payment_intent": intent["id"],
            "amount": amount,
            "currency": intent["currency"],
            "status": "succeeded",
            "reason": params.get("reason"),
            "metadata": dict(params.get("metadata") or {}),
        }
        self.refunds[made["id"]] = made
        self._event("refund.created", made)
        return made

    def list_refunds(self, params: Mapping[str, Any]) -> Told:
        return self._page(self._of(self.refunds, params), params)

    def list_disputes(self, params: Mapping[str, Any]) -> Told:
        return self._page(self._of(self.disputes, params), params)

    def list_events(self, params: Mapping[str, Any]) -> Told:
        horizon = self.now - 30 * 86_400
        kinds = set(params.get("types") or ())
        found = [
            one for one in self.events
            if one["created"] >= horizon and (not kinds or one["type"] in kinds)
        ]  # fmt: skip
        return self._page(found, params)

    # -- what buyers, banks and the Dashboard do

    def pay(self, id: str, later: bool = False) -> None:
        """The buyer pays; `later` by a bank that takes days."""
        found = self._aged(self.sessions[id])
        assert found["status"] == "open"
        intent = self._object("pi", "payment_intent")
        intent |= {
            "amount": found["amount_total"],
            "currency": found["currency"],
            "status": "processing" if later else "succeeded",
            "last_payment_error": None,
        }
        self.intents[intent["id"]] = intent
        found |= {"status": "complete", "url": None, "payment_intent": intent["id"]}
        found["payment_status"] = "unpaid" if later else "paid"
        self._event("checkout.session.completed", found)

    def bank_answers(self, id: str, well: bool) -> None:
        """The slow bank says yes or no."""
        found = self.sessions[id]
        intent = self.intents[found["payment_intent"]]
        if well:
            intent["status"], found["payment_status"] = "succeeded", "paid"
            self._event("checkout.session.async_payment_succeeded", found)
        else:
            intent["status"] = "requires_payment_method"
            intent["last_payment_error"] = {"message": "The account has too little money."}
            self._event("checkout.session.async_payment_failed", found)

    def give_back(self, payment: str, amount: int, status: str = "succeeded") -> str:
        """Somebody refunds at the Dashboard."""
        made = self._new_refund({"payment_intent": payment, "amount": amount})
        made["status"] = status
        self.events[-1]["data"]["object"]["status"] = status
        return str(made["id"])

    def refund_ends(self, id: str, status: str) -> None:
        """A refund succeeds or fails later."""
        self.refunds[id]["status"] = status
        kind = "refund.failed" if status == "failed" else "refund.updated"
        self._event(kind, self.refunds[id])

    def dispute(self, payment: str, status: str = "needs_response") -> str:
        """The buyer's bank takes the money back for now."""
        intent = self.intents[payment]
        made = self._object("dp", "dispute")
        made |= {
            "payment_intent": payment,
            "amount": intent["amount"],
            "currency": intent["currency"],
            "status": status,
            "reason": "fraudulent",
        }
        self.disputes[made["id"]] = made
        self._event("charge.dispute.created", made)
        return str(made["id"])

    def dispute_ends(self, id: str, won: bool) -> None:
        """The banks decide."""
        self.disputes[id]["status"] = "won" if won else "lost"
        self._event("charge.dispute.closed", self.disputes[id])

    def session_of(self, reference: str) -> Told | None:
        """Return the page with a reference of the merchant's."""
        for one in self.sessions.values():
            if one["client_reference_id"] == reference:
                return one
        return None

    def money(self, payment: str) -> int:
        """Return what the merchant has left of a payment."""
        intent = self.intents[payment]
        lost = sum(
            one["amount"] for one in self.disputes.values()
            if one["payment_intent"] == payment and one["status"] != "won"
        )  # fmt: skip
        return max(0, int(intent["amount"]) - self._refunded(payment) - lost)

    # -- inside

    def _once(self, key: str | None, what: str, params: Mapping[str, Any], make: Any) -> Told:
        said = json.dumps([what, params], sort_keys=True, default=str)
        if key is not None and key in self.answers:
            before, answer = self.answers[key]
            if before != said:
                raise Refused(400, "Keys are for the same parameters.", "idempotency_error")
            return answer
        made: Told = make(params)
        if key is not None:
            self.answers[key] = (said, json.loads(json.dumps(made)))
        return made

    def forget_keys(self) -> None:
        """Let a day pass over all kept answers."""
        self.answers.clear()

    def _object(self, prefix: str, kind: str) -> Told:
        number = next(self._ids)
        return {
            "id": f"{prefix}_{number:06d}",
            "object": kind,
            "created": self.now,
            "livemode": self.live,
        }

    def _event(self, kind: str, about: Told) -> None:
        made = self._object("evt", "event")
        made |= {"type": kind, "data": {"object": json.loads(json.dumps(about))}}
        self.events.append(made)

    def _aged(self, session: Told) -> Told:
        if session["status"] == "open" and self.now > session["expires_at"]:
            self._expire(session)
        return session

    def _expire(self, session: Told) -> None:
        session |= {"status": "expired", "url": None}
        self._event("checkout.session.expired", session)

    def _refunded(self, payment: str) -> int:
        return sum(
            one["amount"] for one in self.refunds.values()
            if one["payment_intent"] == payment and one["status"] not in ("failed", "canceled")
        )  # fmt: skip

    def _there(self, where: dict[str, Told], id: str) -> Told:
        if id not in where:
            raise Refused(404, f"No such object: '{id}'")
        return where[id]

    def _of(self, where: dict[str, Told], params: Mapping[str, Any]) -> list[Told]:
        wanted = params.get("payment_intent")
        return [one for one in where.values() if wanted in (None, one["payment_intent"])]

    def _page(self, found: list[Told], params: Mapping[str, Any]) -> Told:
        span = params.get("created") or {}
        rows = [
            one for one in reversed(found)
            if int(span.get("gte", 0)) <= one["created"] <= int(span.get("lte", 1 << 60))
        ]  # fmt: skip
        after = params.get("starting_after")
        if after:
            rows = rows[[one["id"] for one in rows].index(after) + 1 :]
        limit = int(params.get("limit", 10))
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit}
