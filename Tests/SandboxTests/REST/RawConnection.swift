import TestGround

/// One HTTP exchange over a plain socket, byte by byte as it comes, until the server closes.
struct RawConnection {
  let port: Int

  /// Everything that arrives; an empty array when the server hangs up without a word.
  func exchange(_ request: String) async throws -> [UInt8] {
    try await onThreadOfItsOwn {
      let peer = try Peer(connectingTo: port)
      peer.send(request)
      return peer.rest()
    }
  }
}
