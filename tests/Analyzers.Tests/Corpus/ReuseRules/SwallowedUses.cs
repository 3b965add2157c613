// A catch around the use of a cached connection, and what becomes of the connection.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Second.Reuse.SwallowedUses;

public sealed class Relay(ILogger<Relay> logger, Func<string, WireConnection> open)
{
    private readonly ConcurrentDictionary<string, WireConnection> _lines = new();
    private WireConnection? _upstream;

    public async Task<bool> ForwardAsync(string host, byte[] frame)
    {
        var line = _lines.GetOrAdd(host, open); //! LCA3002
        try
        {
            await line.SendAsync(frame); //? LCA3001
            return true;
        }
        catch (IOException e)
        {
            logger.LogWarning(e, "Forwarding to {Host} failed", host);
            return false;
        }
    }

    public async Task<bool> ForwardEvictingAsync(string host, byte[] frame)
    {
        var line = _lines.GetOrAdd(host, open);
        try
        {
            await line.SendAsync(frame);
            return true;
        }
        catch (IOException e)
        {
            logger.LogWarning(e, "Forwarding to {Host} failed", host);
            _lines.TryRemove(host, out _);
            line.Dispose();
            return false;
        }
    }

    public void Push(byte[] frame)
    {
        try
        {
            _upstream ??= open("upstream"); //! LCA3002
            _upstream.Send(frame); //? LCA3001
        }
        catch (WireException e)
        {
            logger.LogError(e, "Push failed");
            throw;
        }
    }

    public void PushClosing(byte[] frame)
    {
        try
        {
            _upstream ??= open("upstream");
            _upstream.Send(frame);
        }
        catch (WireException e)
        {
            logger.LogError(e, "Push failed");
            Drop();
            throw;
        }
    }

    private void Drop()
    {
        _upstream?.Dispose();
        _upstream = null;
    }
}

/// <summary>A client that reconnects by itself may stay where it is.</summary>
public sealed class Hits(ILogger<Hits> logger)
{
    private ConnectionMultiplexer? _redis;

    public async Task<long> CountAsync(string page)
    {
        try
        {
            _redis ??= await ConnectionMultiplexer.ConnectAsync("redis"); //? LCA1001
            return await _redis.GetDatabase().StringIncrementAsync(page);
        }
        catch (RedisConnectionException e)
        {
            logger.LogWarning(e, "Not counted");
            return 0;
        }
    }
}

/// <summary>Opened in the constructor: owned, not cached.</summary>
public sealed class Horn(ILogger<Horn> logger, string host)
{
    private readonly WireConnection _line = WireConnection.Connect(host, 77, TimeSpan.FromSeconds(1));

    public void Blow()
    {
        try
        {
            _line.Send("toot"u8);
        }
        catch (WireException e)
        {
            logger.LogWarning(e, "No sound");
        }
    }
}

public sealed class MeterReader(ILogger<MeterReader> logger, string host)
{
    private TcpClient? _meter;

    public byte[]? Read(byte[] query)
    {
        try
        {
            if (_meter == null) _meter = new TcpClient(host, 502); //! LCA3002 //? LCA1008
            var stream = _meter.GetStream();
            stream.Write(query); //? LCA3001
            var answer = new byte[9];
            stream.ReadExactly(answer);
            return answer;
        }
        catch (IOException e) //? LCA4001
        {
            logger.LogWarning(e, "Meter {Host} did not answer", host);
            return null; //? LCA4001
        }
    }

    public byte[]? ReadReplacing(byte[] query)
    {
        try
        {
            _meter ??= new TcpClient(host, 502); //? LCA1008
            var stream = _meter.GetStream();
            stream.Write(query);
            var answer = new byte[9];
            stream.ReadExactly(answer);
            return answer;
        }
        catch (IOException e)
        {
            logger.LogWarning(e, "Meter {Host} did not answer", host);
            _meter?.Close();
            _meter = new TcpClient(host, 502); //? LCA1008
            return null;
        }
    }
}
