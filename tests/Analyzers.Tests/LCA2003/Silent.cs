namespace LifecycleAnalyzers.Tests.LCA2003;

/// <summary>Connected is logged, asserted, handed on, decides about closing only, or answers an attempt to connect.</summary>
public class Silent
{
    /// <summary>Chosen to be closed.</summary>
    [Theory]
    [InlineData("Socket? open = null; if (_socket.Connected) open = _socket; open!.Close();")]
    [InlineData("Socket? open = null; if (_socket.Connected) open = _socket; log(open is null ? \"gone\" : \"there\");")]
    public Task It_is_chosen(string body) => Case.SilentAsync(Reports.Link(body));

    [Theory]
    [InlineData("log(\"connected: \" + _client.Connected);")]
    [InlineData("log($\"{_client.Connected}\"); _client.GetStream().Write(data);")]
    [InlineData("System.Diagnostics.Debug.Assert(_socket.Connected); _socket.Send(data);")]
    [InlineData("if (_socket.Connected) log(\"up\");")]
    [InlineData("if (_client is { Client.Connected: true }) log(\"up\");")]
    [InlineData("_flag = _socket.Connected; _socket.Send(data);")]
    [InlineData("var word = _socket.Connected ? \"up\" : \"down\"; log(word); _socket.Send(data);")]
    // Only about closing
    [InlineData("if (_socket.Connected) _socket.Shutdown(SocketShutdown.Both); _socket.Close();")]
    [InlineData("if (_socket.Connected) { _socket.Shutdown(SocketShutdown.Both); _socket.Disconnect(false); }")]
    [InlineData("if (_client.Connected) _client.Close();")]
    [InlineData("foreach (var c in All) { if (!c.Connected) c.Dispose(); }", "List<TcpClient> All { get; } = [];")]
    [InlineData("All.RemoveAll(c => !c.Connected);", "List<TcpClient> All { get; } = [];")]
    // The answer to an attempt
    [InlineData("_client.Connect(\"a\", 1); if (!_client.Connected) throw new InvalidOperationException(); _client.GetStream().Write(data);")]
    [InlineData("await _socket.ConnectAsync(\"a\", 1); if (_socket.Connected) _socket.Send(data);")]
    [InlineData("while (!_client.Connected) await Task.Delay(5);")]
    [InlineData("await this.Socket.ConnectAsync(\"a\", 1); var up = this.Socket.Connected; if (!up) throw new InvalidOperationException(); this.Socket.Send(data);", "Socket Socket { get; } = new(SocketType.Stream, ProtocolType.Tcp);")]
    [InlineData("_client.Client.Connect(\"a\", 1); if (!_client.Connected) return; _client.GetStream().Write(data);")]
    [InlineData("await DialAsync(); if (!_client.Connected) return; _client.GetStream().Write(data);", "async Task DialAsync() { _client = new TcpClient(); try { await _client.ConnectAsync(\"a\", 1); } catch (SocketException) { } }")]
    // What has arrived ends the loop
    [InlineData("while (_client.Available > 0 && _client.Connected) _client.GetStream().ReadByte();")]
    // The socket itself is asked too
    [InlineData("while (_socket.Connected && !_socket.Poll(0, SelectMode.SelectRead)) _socket.Send(data);")]
    [InlineData("if (_socket.Connected && !_socket.Poll(0, SelectMode.SelectRead)) _socket.Send(data);")]
    [InlineData("var isThere = _socket.Connected && !_socket.Poll(0, SelectMode.SelectRead); if (isThere) _socket.Send(data);")]
    [InlineData("switch (_client.Connected) { case true: log(\"up\"); break; default: _client.GetStream(); break; }")]
    [InlineData("if (!_socket.Connected) return; if (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0) return; _socket.Send(data);")]
    [InlineData("if (!_socket.Connected) return; try { _socket.Send(data, 0, 0); } catch (SocketException) { return; } _socket.Send(data);")]
    [InlineData("if (_socket.Connected) { _socket.Send(new byte[0]); _socket.Send(data); }")]
    [InlineData("if (_socket.Connected) { if (_socket.Receive(data, SocketFlags.Peek) == 0) return; _socket.Send(data); }")]
    [InlineData("while (true) { if (!_socket.Connected) break; try { if (_socket.Poll(-1, SelectMode.SelectRead) && _socket.Available == 0) break; } catch (ObjectDisposedException) { break; } _socket.Receive(data); }")]
    // A receive tells the end itself
    [InlineData("if (_socket.Connected) _socket.Receive(data);")]
    // Datagrams
    [InlineData("if (Udp.Client.Connected) Udp.Send(data);", "UdpClient Udp { get; } = new();")]
    [InlineData("if (!_socket.Connected) return; if (_socket.Poll(0, SelectMode.SelectRead)) return; _socket.Send(data);")]
    [InlineData("if (_client.Connected) { _client.Client.Send(data, 0, 0); _flag = true; }")]
    [InlineData("if (_socket.Connected) { _flag = _socket.Receive(data, SocketFlags.Peek) > 0; }")]
    [InlineData("_ = (_socket.Connected, _flag) switch { (false, _) => \"down\", _ => \"up\" };")]
    // Another connection
    [InlineData("if (_client.Connected) _socket.Send(data);")]
    public Task In_the_body(string body, string members = "") => Case.SilentAsync(Reports.Link(body, members));

    [Theory]
    [InlineData("public bool IsUp => _client.Connected;")]
    [InlineData("public bool IsUp => _client != null && _client.Connected && !_flag;")]
    [InlineData("public bool IsUp { get { return _client.Connected; } }")]
    [InlineData("public int Count(List<Socket> all) => all.Count(s => s.Connected);")]
    [InlineData("public IEnumerable<Socket> Up(List<Socket> all) => all.Where(s => s.Connected);")]
    [InlineData("public Socket? Down(List<Socket> all) => all.FirstOrDefault(s => !s.Connected);")]
    [InlineData("public string? Name(List<Socket> all) => all.FirstOrDefault(s => s.Connected)?.ToString();")]
    [InlineData("public Socket? Pick(List<Socket> all) => all.FirstOrDefault(s => s.Connected && !(s.Poll(0, SelectMode.SelectRead) && s.Available == 0));")]
    public Task Handed_on(string member) => Case.SilentAsync(Reports.Link("", member));

    /// <summary>A peer that has gone is found by the send, and closed: the question only saves an attempt.</summary>
    [Theory]
    [InlineData("if (!_socket.Connected) return; try { _socket.Send(data); } catch (SocketException) { Disconnect(); } catch (ObjectDisposedException) { }")]
    [InlineData("try { if (_socket.Connected) _socket.Send(data); } catch (Exception) { this.Disconnect(); }")]
    [InlineData("if (_client.Connected) { try { _client.GetStream().Write(data); } catch (System.IO.IOException) { _client.Close(); } }")]
    public Task The_failure_of_the_send_closes(string body) => Case.SilentAsync(Reports.Link(body, "void Disconnect() => _socket.Dispose();"));

    [Theory]
    [InlineData("if (!_socket.{|LCA2003:Connected|}) return; try { _socket.Send(data); } catch (SocketException e) { log(e.Message); }")]
    [InlineData("if (!_socket.{|LCA2003:Connected|}) return; try { _socket.Send(data); } catch (ObjectDisposedException) { Disconnect(); }")]
    [InlineData("if (!_socket.{|LCA2003:Connected|}) return; _socket.Send(data); try { log(\"sent\"); } catch (Exception) { Disconnect(); }")]
    public Task The_failure_of_the_send_closes_nothing(string body) => Case.HoldsAsync(Reports.Link(body, "void Disconnect() => _socket.Dispose();"));

    [Fact]
    public Task No_peer_is_connected_by_datagrams() => Case.SilentAsync("""
        class Console
        {
            private Socket? _socket;
            public void Open() => _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            public void Say(byte[] data) { if (_socket!.Connected) _socket.Send(data); }
            public void Once(byte[] data)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                while (socket.Connected) socket.Send(data);
            }
        }
        """);

    /// <summary>Connected tells of an address there.</summary>
    [Theory]
    [InlineData("UdpBeacon", "Connected")]
    [InlineData("TcpBeacon", "{|LCA2003:Connected|}")]
    public Task A_type_that_speaks_of_udp(string type, string connected) => Case.HoldsAsync($$"""
        class {{type}}(Socket socket) { public void Tell(byte[] data) { if (socket.{{connected}}) socket.Send(data); } }
        """);
}
