// Code that somebody else decides to run, of the less usual kinds, and a send in each.
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Ports;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using DotNetty.Transport.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SocketIOClient;
using StackExchange.Redis;
using IBrokerChannel = RabbitMQ.Client.IChannel;

namespace Corpus.Sending.Callbacks;

public sealed class Unguarded : IObserver<string>
{
    private readonly IAlarmLink _link;
    private readonly Action<string> _forward;
    private ITimer? _timer;
    private RegisteredWaitHandle? _wait;

    public Unguarded(IAlarmLink link)
    {
        _link = link;
        _forward = text => _link.Send(text); //? LCA2001
    }

    public void OnStopping(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.Register(() => _link.Send("stopping")); //! LCA2001

    public CancellationTokenRegistration OnCancelled(CancellationToken ct) =>
        ct.UnsafeRegister(static state => ((IAlarmLink)state!).Send("cancelled"), _link); //! LCA2001

    public void OnClock(TimeProvider clock)
    {
        _timer = clock.CreateTimer(_ => SendNow("tick"), null, TimeSpan.Zero, TimeSpan.FromSeconds(1)); //! LCA2001
    }

    private void SendNow(string line) => _link.Send(line);

    public Task AfterLoading(Task<string> loading) =>
        loading.ContinueWith(t => _link.SendStamped(t.Result), TaskScheduler.Default); //! LCA2001

    public void Queue(string line) =>
        ThreadPool.QueueUserWorkItem(static s => s.Link.Send(s.Line), (Link: _link, Line: line), preferLocal: false); //! LCA2001

    public void OnSignal(WaitHandle handle)
    {
        _wait = ThreadPool.RegisterWaitForSingleObject(handle, OnSignalled, "door", Timeout.Infinite, executeOnlyOnce: false);
    }

    private void OnSignalled(object? state, bool timedOut)
    {
        if (timedOut) return;
        _link.Send($"{state} opened"); //! LCA2001
    }

    public void OnUi(SynchronizationContext context, string line) => context.Post(_ =>
    {
        var text = line.ToUpperInvariant();
        _link.Send(text); //! LCA2001
    }, null);

    void IObserver<string>.OnNext(string value)
    {
        _link.Send(value); //! LCA2001
    }

    void IObserver<string>.OnError(Exception error) => Trace.TraceError(error.Message);

    void IObserver<string>.OnCompleted() => _link.Close();

    public IDisposable OnReload(Func<IChangeToken> token) => ChangeToken.OnChange(token, () => _link.Send("reloaded")); //! LCA2001

    public void Receive(IReceiver receiver)
    {
        receiver.OnMessage = _forward;
        receiver.OnMessageAsync = async text => await _link.SendAsync(text); //! LCA2001
    }

    public void Watch(ObservableCollection<string> alarms) => alarms.CollectionChanged += (_, e) =>
    {
        if (e.Action != NotifyCollectionChangedAction.Add) return;
        foreach (string alarm in e.NewItems!) _link.Send(alarm); //! LCA2001
    };

    public void Bind(INotifyPropertyChanged model)
    {
        model.PropertyChanged += OnPropertyChanged;

        void OnPropertyChanged(object? sender, PropertyChangedEventArgs e) => _link.Send(e.PropertyName ?? "all"); //! LCA2001
    }

    public void Follow(Process process)
    {
        DataReceivedEventHandler onLine = (_, e) => _forward(e.Data ?? ""); //! LCA2001
        process.OutputDataReceived += onLine;
    }

    public void FollowNetwork() => NetworkChange.NetworkAvailabilityChanged += (_, e) => Announce(e.IsAvailable); //! LCA2001

    private void Announce(bool available)
    {
        if (available) Announce("network is back");
        else Trace.TraceInformation("network lost");
    }

    private void Announce(string text) => _link.Send(text);

    public void OnLineEnded() => _link.Drained += (_, _) => _link.Send("next"); //! LCA2001
}

public sealed class Guarded : IObserver<string>
{
    private readonly IAlarmLink _link;
    private readonly Action<string> _forward;
    private ITimer? _timer;
    private volatile bool _closing;

    public Guarded(IAlarmLink link)
    {
        _link = link;
        _forward = text => _link.SendIfOpen(text);
    }

    // ok LCA2001: an if around the send
    public void OnStopping(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(() =>
    {
        if (_link.State == LinkState.Open) _link.Send("stopping");
    });

    // ok LCA2001: the guard of the link itself
    public CancellationTokenRegistration OnCancelled(CancellationToken ct) =>
        ct.UnsafeRegister(static state => ((IAlarmLink)state!).TrySend("cancelled"), _link);

    // ok LCA2001: an extension of a checking name
    public void OnClock(TimeProvider clock) => _timer = clock.CreateTimer(_ => SendNow("tick"), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));

    private void SendNow(string line)
    {
        if (!_link.IsUsable()) return;
        _link.Send(line);
    }

    // ok LCA2001: the catch takes what a closed link throws
    public Task AfterLoading(Task<string> loading) => loading.ContinueWith(t =>
    {
        try
        {
            _link.SendStamped(t.Result);
        }
        catch (LinkClosedException e)
        {
            Trace.TraceInformation(e.Message);
        }
    }, TaskScheduler.Default);

    // ok LCA2001: a conditional expression decides
    public void Queue(string line) => ThreadPool.QueueUserWorkItem(_ =>
    {
        var sent = _link.State == LinkState.Open ? SendOne(line) : 0;
        Trace.TraceInformation("sent {0}", sent);
    });

    private int SendOne(string line)
    {
        _link.Send(line);
        return 1;
    }

    // ok LCA2001: the owner's closing flag
    public void OnSignal(WaitHandle handle) => ThreadPool.RegisterWaitForSingleObject(handle, (_, _) =>
    {
        if (_closing) return;
        _link.Send("door");
    }, null, -1, true);

    public void Close()
    {
        _closing = true;
        _link.Close();
    }

    // ok LCA2001: a switch decides
    public void OnUi(SynchronizationContext context, string line) => context.Post(_ =>
    {
        switch (_link.State)
        {
            case LinkState.Open:
                _link.Send(line);
                break;
            case LinkState.Draining:
            case LinkState.Closed:
                Trace.TraceInformation("dropped {0}", line);
                break;
        }
    }, null);

    // ok LCA2001: && decides
    void IObserver<string>.OnNext(string value) => _ = _link.State == LinkState.Open && SendOne(value) == 1;

    void IObserver<string>.OnError(Exception error) => Trace.TraceError(error.Message);

    void IObserver<string>.OnCompleted() => _link.Close();

    // ok LCA2001: a helper returns the check
    public IDisposable OnReload(Func<IChangeToken> token) => ChangeToken.OnChange(token, () =>
    {
        if (MaySend()) _link.Send("reloaded");
    });

    private bool MaySend() => !_closing && _link is { State: LinkState.Open };

    // ok LCA2001: the delegate in the field guards; so does the property pattern
    public void Receive(IReceiver receiver)
    {
        receiver.OnMessage = _forward;
        receiver.OnMessageAsync = async text =>
        {
            if (_link is { State: LinkState.Open } open) await open.SendAsync(text);
        };
    }

    // ok LCA2001: a while over the state
    public void Watch(ObservableCollection<string> alarms) => alarms.CollectionChanged += (_, e) =>
    {
        var waiting = new Queue<string>(alarms);
        while (_link.State == LinkState.Open && waiting.TryDequeue(out var alarm)) _link.Send(alarm);
    };

    // ok LCA2001: this event proves the state
    public void Greet() => _link.Opened += (_, _) => _link.Send("hello");

    public event EventHandler<string>? Line;

    // ok LCA2001: only raises another event
    public void Relay(Process process) => process.OutputDataReceived += (_, e) => Line?.Invoke(this, e.Data ?? "");

    // ok LCA2001: a flow of one's own is no callback
    public Task StartFlow(string line) => Task.Run(() => _link.Send(line));

    // ok LCA2001: neither is a thread
    public Thread StartThread(string line)
    {
        var thread = new Thread(() =>
        {
            try { _link.Send(line); }
            catch (LinkClosedException e) { Trace.TraceInformation(e.Message); }
        });
        thread.Start();
        return thread;
    }

    // ok LCA2001: the link is created in the callback
    public void Dial(FileSystemWatcher watcher, Func<IAlarmLink> dial) => watcher.Created += (_, e) =>
    {
        using var link = dial();
        link.Send(e.Name ?? "?");
    };
}

public sealed class LibraryCallbacks(HubConnection hub, IMqttClient mqtt, IBrokerChannel channel, ILogger<LibraryCallbacks> log)
{
    public IDisposable FromHub() => hub.On<string>("command", text => mqtt.PublishAsync(new MqttApplicationMessage { Topic = text })); //! LCA2001

    // ok LCA2001: asked
    public IDisposable FromHubChecked() => hub.On<string>("command", async text =>
    {
        if (!mqtt.IsConnected) return;
        await mqtt.PublishAsync(new MqttApplicationMessage { Topic = text });
    });

    public void FromMqtt() => mqtt.ApplicationMessageReceivedAsync += async e =>
    {
        log.LogDebug("message on {Topic}", e.ApplicationMessage.Topic);
        await hub.SendAsync("message", e.ApplicationMessage.Topic); //! LCA2001
    };

    // ok LCA2001: caught
    public void FromMqttCaught() => mqtt.ApplicationMessageReceivedAsync += async e =>
    {
        try
        {
            await hub.SendAsync("message", e.ApplicationMessage.Topic);
        }
        catch (InvalidOperationException ex)
        {
            log.LogWarning(ex, "hub is {State}", hub.State);
        }
    };

    // ok LCA2001: connected, by the event's own word
    public void WhenConnected() => mqtt.ConnectedAsync += async _ => await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "online" });

    // ok LCA2001: so is a hub that came back
    public void WhenReconnected() => hub.Reconnected += async id => await hub.SendAsync("back", id);

    public void WhenDisconnected() => mqtt.DisconnectedAsync += _ => mqtt.PublishAsync(new MqttApplicationMessage { Topic = "offline" }); //! LCA2001

    public void FromQueue(AsyncEventingBasicConsumer consumer) => consumer.ReceivedAsync += OnReceivedAsync;

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs e)
    {
        var text = Encoding.UTF8.GetString(e.Body.Span);
        await hub.SendAsync("order", text); //! LCA2001
    }

    public void FromRedis(ISubscriber subscriber) => subscriber.Subscribe("alarms", OnAlarm);

    private void OnAlarm(RedisChannel from, RedisValue value) =>
        channel.BasicPublishAsync("alarms", from.ToString(), Encoding.UTF8.GetBytes(value.ToString())).AsTask().GetAwaiter().GetResult(); //! LCA2001

    // ok LCA2001: only while the channel is open
    public void FromRedisChecked(ISubscriber subscriber) => subscriber.Subscribe("alarms", (from, value) =>
    {
        if (channel.IsOpen)
            channel.BasicPublishAsync("alarms", from.ToString(), Encoding.UTF8.GetBytes(value.ToString())).AsTask().GetAwaiter().GetResult();
    });

    public void FromSocketIo(SocketIO io) => io.On("order", response => hub.SendAsync("order", response.ToString())); //! LCA2001 //? LCA1004

    // ok LCA2001: asked through a pattern
    public void FromSocketIoChecked(SocketIO io) => io.On("order", async response =>
    {
        if (hub is { State: HubConnectionState.Connected }) await hub.SendAsync("order", response.ToString());
    });
}

public sealed class BackPressureHandler(IAlarmLink upstream) : ChannelHandlerAdapter
{
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        if (context.Channel.IsWritable) upstream.Send("resume"); //! LCA2001
        base.ChannelWritabilityChanged(context);
    }

    // ok LCA2001: asks the link that it sends on
    public override void ChannelInactive(IChannelHandlerContext context)
    {
        if (upstream.State == LinkState.Open) upstream.Send("gone");
        base.ChannelInactive(context);
    }
}

public sealed class DeviceSession(IAlarmLink upstream) : NetCoreServer.TcpSession
{
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        upstream.Send(Encoding.UTF8.GetString(buffer, (int)offset, (int)size)); //! LCA2001
    }

    // ok LCA2001: this send answers with a count and does not throw
    protected override void OnEmpty() => Send("ack"u8.ToArray());

    protected override void OnDisconnected() => upstream.SendStamped($"{Id} left"); //! LCA2001
}

public sealed class ScaleReader
{
    private readonly SerialPort _scale;
    private readonly Socket _server;

    public ScaleReader(SerialPort scale, Socket server)
    {
        (_scale, _server) = (scale, server);
        _scale.DataReceived += OnData;
    }

    private void OnData(object sender, SerialDataReceivedEventArgs e)
    {
        var line = "";
        try
        {
            line = _scale.ReadLine();
        }
        catch (Exception ex) when (ex is IOException or InvalidOperationException)
        {
            Trace.TraceWarning(ex.Message);
            return;
        }

        _server.Send(Encoding.ASCII.GetBytes(line)); //! LCA2001
    }
}

public sealed class GuardedScaleReader
{
    private readonly Socket _server;

    // ok LCA2001: the send is in the try that catches
    public GuardedScaleReader(SerialPort scale, Socket server)
    {
        _server = server;
        scale.DataReceived += (_, _) =>
        {
            try
            {
                _server.Send(Encoding.ASCII.GetBytes(scale.ReadLine()));
            }
            catch (Exception ex) when (ex is IOException or SocketException or InvalidOperationException)
            {
                Trace.TraceWarning(ex.Message);
            }
        };
    }
}
