// The part of System.IO.Ports that the cases use.
namespace System.IO.Ports
{
    public enum Parity { None, Odd, Even }

    public class SerialPort : System.ComponentModel.Component
    {
        public SerialPort(string portName, int baudRate) { }
        public SerialPort(string portName, int baudRate, Parity parity) { }
        public bool IsOpen => throw null!;
        public int ReadTimeout { get; set; }
        public int WriteTimeout { get; set; }
        public void Open() => throw null!;
        public void Write(string text) => throw null!;
        public void Write(byte[] buffer, int offset, int count) => throw null!;
        public void WriteLine(string text) => throw null!;
        public string ReadLine() => throw null!;
        public int Read(byte[] buffer, int offset, int count) => throw null!;
        public void DiscardInBuffer() => throw null!;
        public void Close() => throw null!;
    }
}
