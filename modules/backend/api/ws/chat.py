"""`/ws/chat`: the browser's transport. A socket reads and asks; no run belongs to it."""

from fastapi import APIRouter, WebSocket

from modules.backend.api.address import client_address
from modules.backend.api.errors import error_response
from modules.backend.api.ws.socket import ChatSocket
from modules.backend.bootstrap import Web
from modules.backend.core.errors import TooMany

router = APIRouter()


@router.websocket("/ws/chat")
async def chat(websocket: WebSocket) -> None:
    web: Web = websocket.app.state.web
    origin = websocket.headers.get("origin")
    # Browsers always send it. Other clients cannot be used by a foreign page.
    if origin is not None and origin not in web.settings.app.cors_origins:
        await websocket.close()  # before accepting: the handshake is answered with 403
        return
    sockets, address = web.guard.sockets, client_address(websocket.scope)
    try:
        with sockets.place():
            await ChatSocket(websocket, web, lambda: sockets.waiting(address)).serve()
    except TooMany as refusal:
        await websocket.send_denial_response(error_response(refusal))
